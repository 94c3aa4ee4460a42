"""WatchPeer, every few seconds: observe the peer region, store the sample, publish the metrics.

The second detection method, and the one that does not depend on us-east-1. Scheduled once a minute, it observes for
most of a minute (schedules cannot be shorter: EventBridge user guide, "Rate expressions"). It decides nothing: its
alarm opens an incident, which checks for itself.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from lyo_dr.adapters import clock, log
from lyo_dr.adapters.aws.cloudwatch import publish_observation
from lyo_dr.adapters.aws.lambda_ import invoke
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.agreement import fresh, longest_gap, sample_of, speaks_of_loss
from lyo_dr.errors import LyoDrError
from lyo_dr.handler import scheduled
from lyo_dr.model.facts import ReplicaReading
from lyo_dr.services.common.probing import probe_region

_READ_SECONDS = 8.0
"""Longer than a reading may take, so that a silent database is told by the function that asked it."""


@scheduled("WatchPeer")
def handler(ctx: StepContext) -> dict[str, Any]:
    """Observe until the round is over. The alarm on missing data covers observations that cannot be published."""
    end = clock.monotonic() + ctx.plan.timing.watch_round.total_seconds()
    every = ctx.plan.timing.watch_every.total_seconds()
    looks = 0
    while True:
        started = clock.monotonic()
        looks += _look(ctx)
        pause = every - (clock.monotonic() - started)
        if clock.monotonic() + max(pause, 0.0) >= end:
            return {"looks": looks}
        time.sleep(max(pause, 0.0))


def _look(ctx: StepContext) -> int:
    """1 for an observation that was stored and published."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        asked = pool.submit(_readings, ctx)
        probes = probe_region(ctx.peer_region, ctx)
        readings = asked.result()
    at = probes.at or ctx.now()
    sample = sample_of(probes, readings, at=at)
    heard = any(fresh(reading, ctx.plan.timing.heartbeat_stale) for reading in readings)
    try:
        ctx.store.samples.add(sample, longest_gap(ctx.plan))
        stands_by = ctx.store.control.record().standby_region == ctx.region
        publish_observation(
            ctx.region, ctx.peer_region, unhealthy=stands_by and not heard and speaks_of_loss(sample) is True
        )
    except LyoDrError as failure:
        log.warn(f"Observation of {ctx.peer_region} failed: {failure}")
        return 0
    return 1


def _readings(ctx: StepContext) -> list[ReplicaReading]:
    """What the replicas hear, by the function inside the VPC; the one that cannot be asked is unknown."""
    function = ctx.names.function("gather_facts", "ReadReplica")
    found = []
    for database in ctx.plan.replicated():
        try:
            answer = invoke(function, {"database": database.name}, ctx.region, seconds=_READ_SECONDS)
            found.append(msgspec.convert(answer, ReplicaReading))
        except (LyoDrError, msgspec.ValidationError) as silence:
            found.append(ReplicaReading(database=database.name, error=str(silence)))
    return found
