"""ProveByWrite: authority and a write, in the restored instance. SQL only."""

from __future__ import annotations

from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.facts import WriteProof
from lyo_dr.services.failover.write_proof import Proven, prove_by_write


@step("ProveByWrite", Proven)
def handler(request: Proven, ctx: StepContext) -> WriteProof:
    """Its volume may still be cold: each statement has as long as a query of a database under load."""
    return prove_by_write(ctx, request, ctx.plan.timing.sql_timeout.total_seconds())
