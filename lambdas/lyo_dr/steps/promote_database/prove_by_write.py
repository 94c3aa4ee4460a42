"""ProveByWrite: take authority in the database and write a row that only this incident could write. SQL only."""

from __future__ import annotations

from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.facts import WriteProof
from lyo_dr.services.failover.write_proof import Proven, prove_by_write


@step("ProveByWrite", Proven)
def handler(request: Proven, ctx: StepContext) -> WriteProof:
    """Judged by AcceptProof."""
    return prove_by_write(ctx, request, ctx.plan.timing.call_timeout.total_seconds())
