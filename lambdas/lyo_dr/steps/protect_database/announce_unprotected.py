"""AnnounceUnprotected: the service runs, but the new primary has no backups or second zone."""

from __future__ import annotations

from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.services.common.unprotected import Unprotected, announce_unprotected


@step("AnnounceUnprotected", Unprotected)
def handler(request: Unprotected, ctx: StepContext) -> dict[str, list[str]]:
    """Responders, with the last thing that was seen."""
    return announce_unprotected(ctx, request, "check", "protection")
