"""How long the observers have agreed that a region is unresponsive, computed from samples, one per observation.

A Multi-AZ failover makes a healthy region look dead for one or two minutes; only a longer agreement tells them apart.
A sample in which any part of the region responded ends the agreement; otherwise a sample without a working view of its
own (our own or the neutral endpoint did not respond) abstains. Anything a replica received since ends it, too. A gap
between observations counts as covered only while it is shorter than ``gap``: unobserved time proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from lyo_dr.model.facts import Probes, ReplicaReading, Sample
from lyo_dr.model.plan import Plan


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """The unbroken run of observations up to now. ``since`` is None without one."""

    seconds: float = 0.0
    looks: int = 0
    since: datetime | None = None
    silent_by: datetime | None = None
    """Upper bound of when the region became unresponsive: the first observation that found it so."""


def sample_of(probes: Probes, replicas: list[ReplicaReading], *, at: datetime) -> Sample:
    """One observation as a sample; its duration is that of the slowest probe.

    The region was unresponsive by the end of the first app probe that failed: a refused connection fails at once, a
    dropped one when the probe times out.
    """
    asked = [*probes.heard, probes.witness, probes.own, probes.neutral]
    served = any(app.answered for app in probes.heard)
    silent = None if served else min((app.seconds for app in probes.heard), default=None)
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
    """When the replica last received from its primary: newest heartbeat or last WAL message. None: unknown.

    A server that is no longer a replica receives nothing: its heartbeats are its own.
    """
    if reading.read_at is None or reading.error is not None or reading.in_recovery is False:
        return None
    moments = (reading.heartbeat_at, reading.received_at if reading.receiving else None)
    return max((moment for moment in moments if moment is not None), default=None)


def fresh(reading: ReplicaReading, stale_after: timedelta) -> bool:
    """Whether the replica received from its primary within ``stale_after``, by its own clock."""
    heard = heard_at(reading)
    return heard is not None and reading.read_at is not None and reading.read_at - heard < stale_after


def speaks_of_loss(sample: Sample) -> bool | None:
    """True: unresponsive, seen by a working view. False: some part responded. None: our own view does not work.

    A response counts even with a degraded view; only the absence of one needs a working view.
    """
    if sample.app or sample.witness:
        return False
    return True if sample.own and sample.neutral else None


def agreement(samples: Iterable[Sample], *, now: datetime, gap: timedelta) -> Agreement:
    """The run of failed observations that reaches up to now; samples from the future (clock skew) are ignored."""
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
    """The sample with the start of the unresponsive period, which outlives the samples that are overwritten."""
    if speaks_of_loss(sample) is not True:
        return sample
    silent_by = agreement(earlier, now=sample.at, gap=gap).silent_by
    return msgspec.structs.replace(sample, silent_by=silent_by or sample.silent_by or _end(sample))


def outage_no_later_than(moment: datetime, samples: Iterable[Sample], *, now: datetime, gap: timedelta) -> datetime:
    """The earlier of the signal's time and the first failed observation: both are upper bounds.

    An outage that was noticed late must not make the computed loss larger than it is.
    """
    silent_by = agreement(samples, now=now, gap=gap).silent_by
    return moment if silent_by is None else min(moment, silent_by)


def longest_gap(plan: Plan) -> timedelta:
    """Three observations of the watcher, or two of an incident if the watcher does not run."""
    return max(3 * plan.timing.watch_every, 2 * plan.timing.poll)


def _end(sample: Sample) -> datetime:
    return sample.at + timedelta(seconds=sample.seconds)
