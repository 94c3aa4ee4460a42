"""RecordLook: this look becomes one of the samples, and all of them are read.

The watcher looks every few seconds. Where it is silent an incident has only its own looks to tell for how long a
region has been silent, so each of them counts.
"""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.agreement import longest_gap, sample_of
from lyo_dr.handler import step
from lyo_dr.model.facts import Probes, ReplicaReading, Sample


class Request(msgspec.Struct, frozen=True):
    """What was seen just now."""

    probes: Probes
    replicas: list[ReplicaReading]


@step("RecordLook", Request)
def handler(request: Request, ctx: StepContext) -> list[Sample]:
    """The samples, oldest first, this look among them."""
    at = request.probes.at or ctx.now()
    sample = sample_of(request.probes, request.replicas, at=at)
    return ctx.store.samples.add(sample, longest_gap(ctx.plan))
