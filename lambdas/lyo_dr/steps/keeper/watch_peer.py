"""Every few seconds: look at the peer region, keep the sample, publish what it says.

The second way of detection, and the one that needs nothing of us-east-1. Scheduled once a minute, it looks for most of
a minute (schedules cannot be shorter: EventBridge user guide, "Rate expressions"). It decides nothing: its alarm opens
an incident, which looks for itself.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from lyo_dr.adapters import clock, environment, log
from lyo_dr.adapters.aws.functions import invoke
from lyo_dr.adapters.aws.metrics import publish_look
from lyo_dr.decisions.agreement import fresh, longest_gap, sample_of, speaks_of_loss
from lyo_dr.doorman import Here
from lyo_dr.errors import LyoDrError
from lyo_dr.model.facts import ReplicaReading
from lyo_dr.steps.looking import look_at

_READ_SECONDS = 8.0
"""Longer than a reading may take, so that a silent database is told by the function that asked it."""


def handler(event: dict[str, Any], _context: object = None) -> dict[str, Any]:
    """Looks until the round is over. A look that cannot be kept or published is missed by the alarm on silence."""
    if event.get("warm") is True:
        return {"warm": True}
    here = Here(environment.plan(), environment.region(), "WatchPeer")
    end = clock.monotonic() + here.plan.timing.watch_round.total_seconds()
    every = here.plan.timing.watch_every.total_seconds()
    looks = 0
    while True:
        started = clock.monotonic()
        looks += _look(here)
        pause = every - (clock.monotonic() - started)
        if clock.monotonic() + max(pause, 0.0) >= end:
            return {"looks": looks}
        time.sleep(max(pause, 0.0))


def _look(here: Here) -> int:
    """1 for a look that was kept and published."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        asked = pool.submit(_readings, here)
        probes = look_at(here.peer, here)
        readings = asked.result()
    at = probes.at or here.now()
    sample = sample_of(probes, readings, at=at)
    heard = any(fresh(reading, here.plan.timing.heartbeat_stale) for reading in readings)
    try:
        here.samples.add(sample, longest_gap(here.plan))
        stands_by = here.system.record().standby_region == here.region
        publish_look(here.region, here.peer, unhealthy=stands_by and not heard and speaks_of_loss(sample) is True)
    except LyoDrError as failure:
        log.warn(f"A look at {here.peer} was lost: {failure}")
        return 0
    return 1


def _readings(here: Here) -> list[ReplicaReading]:
    """What the replicas hear, by the function inside the VPC; the one that cannot be asked is unknown."""
    function = here.names.function("gather_facts", "ReadReplica")
    found = []
    for database in here.plan.databases:
        try:
            answer = invoke(function, {"database": database.name}, here.region, seconds=_READ_SECONDS)
            found.append(msgspec.convert(answer, ReplicaReading))
        except (LyoDrError, msgspec.ValidationError) as silence:
            found.append(ReplicaReading(database=database.name, error=str(silence)))
    return found
