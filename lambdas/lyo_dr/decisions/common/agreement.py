"""For how long have the observers agreed that a region is silent? Judged from samples, one per look.

A failover between zones makes a healthy region look dead for one or two minutes. Only an agreement that lasts longer
tells the one from the other. A sample in which anything of the region answers ends the agreement, whatever else was
silent; one without a view of its own (our own or the neutral endpoint silent) abstains otherwise. Whatever a replica
heard since ends it, too. A gap in which nobody looked counts as covered only while it is shorter than ``gap``, because
what nobody saw proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from lyo_dr.model.facts import Probes, ReplicaReading, Sample
from lyo_dr.model.plan import Plan


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """The unbroken run of looks up to now. ``since`` is None without one."""

    seconds: float = 0.0
    looks: int = 0
    since: datetime | None = None
    silent_by: datetime | None = None
    """By then at the latest the region was silent: when its first look found so."""


def sample_of(probes: Probes, replicas: list[ReplicaReading], *, at: datetime) -> Sample:
    """One look as a sample. It took as long as its slowest probe.

    The region was silent by the end of the first probe of an app that got no answer: a refused connection says so at
    once, a swallowed one when the probe gave up.
    """
    asked = [*probes.apps, probes.witness, probes.own, probes.neutral]
    served = any(app.answered for app in probes.apps)
    silent = None if served else min((app.seconds for app in probes.apps), default=None)
    return Sample(
        at=at,
        seconds=max(probe.seconds for probe in asked),
        app=served,
        witness=probes.witness.answered,
        own=probes.own.answered,
        neutral=probes.neutral.answered,
        silent_by=None if silent is None else at + timedelta(seconds=silent),
        heard_at=max((heard for reading in replicas if (heard := heard_at(reading)) is not None), default=None),
    )


def heard_at(reading: ReplicaReading) -> datetime | None:
    """When the replica last heard its primary: its newest heartbeat, or what its receiver was given. None: unknown."""
    if reading.read_at is None or reading.error is not None:
        return None
    moments = (reading.heartbeat_at, reading.received_at if reading.receiving else None)
    return max((moment for moment in moments if moment is not None), default=None)


def fresh(reading: ReplicaReading, stale_after: timedelta) -> bool:
    """Whether the replica heard from a living primary within ``stale_after``, by its own clock."""
    heard = heard_at(reading)
    return heard is not None and reading.read_at is not None and reading.read_at - heard < stale_after


def speaks_of_loss(sample: Sample) -> bool | None:
    """True: the region is silent to a view that works. False: something of it lives. None: we see nothing ourselves.

    An answer counts even when we are half blind: only silence needs a view that works.
    """
    if sample.app or sample.witness:
        return False
    return True if sample.own and sample.neutral else None


def agreement(samples: Iterable[Sample], *, now: datetime, gap: timedelta) -> Agreement:
    """The run of silent looks that reaches up to now; samples from the future (a skewed clock) count for nothing."""
    run: list[Sample] = []
    for sample in sorted(samples, key=lambda each: each.at, reverse=True):
        says = speaks_of_loss(sample)
        if says is None or sample.at > now:
            continue
        following = run[-1].at if run else now
        if says is False or following - _end(sample) > gap:
            break
        run.append(sample)
    if not run:
        return Agreement()
    first, last = run[-1], run[0]
    since = max([first.at, *(sample.heard_at for sample in run if sample.heard_at is not None)])
    until = min(_end(last), now)
    return Agreement(
        seconds=max(0.0, (until - since).total_seconds()),
        looks=len(run),
        since=since,
        silent_by=first.silent_by or _end(first),
    )


def carried_on(sample: Sample, earlier: Iterable[Sample], *, gap: timedelta) -> Sample:
    """The sample with the moment by which the region was silent first: it outlives the samples that are forgotten."""
    if speaks_of_loss(sample) is not True:
        return sample
    silent_by = agreement(earlier, now=sample.at, gap=gap).silent_by
    return msgspec.structs.replace(sample, silent_by=silent_by or sample.silent_by or _end(sample))


def outage_no_later_than(moment: datetime, samples: Iterable[Sample], *, now: datetime, gap: timedelta) -> datetime:
    """The earlier of a signal's moment and that of the first silent look: both are upper bounds.

    An outage that people or alarms noticed late does not make the loss larger than it is.
    """
    silent_by = agreement(samples, now=now, gap=gap).silent_by
    return moment if silent_by is None else min(moment, silent_by)


def longest_gap(plan: Plan) -> timedelta:
    """A gap covers three looks of the watcher, or two of an incident where the watcher is silent."""
    return max(3 * plan.timing.watch_every, 2 * plan.timing.poll)


def _end(sample: Sample) -> datetime:
    return sample.at + timedelta(seconds=sample.seconds)
