"""RecordLook: store this observation as a sample, and read all of them.

The watcher observes every few seconds. If it does not run, an incident has only its own observations to measure how
long a region has been unresponsive, so each of them counts.
"""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.agreement import longest_gap, sample_of
from lyo_dr.handler import step
from lyo_dr.model.facts import Probes, ReplicaReading, Sample


class Request(msgspec.Struct, frozen=True):
    """The new observation."""

    probes: Probes
    replicas: list[ReplicaReading]


@step("RecordLook", Request)
def handler(request: Request, ctx: StepContext) -> list[Sample]:
    """The samples, oldest first, this one included."""
    at = request.probes.at or ctx.now()
    sample = sample_of(request.probes, request.replicas, at=at)
    return ctx.store.samples.add(sample, longest_gap(ctx.plan))
