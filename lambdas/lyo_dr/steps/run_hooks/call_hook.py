"""CallHook: call the next hook of a stage, and judge what it answers."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.hooks.verdict import HookVerdict
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import HookStage
from lyo_dr.services.common.hooks import call_next


class Request(msgspec.Struct, frozen=True):
    """The incident, and the stage it has come to."""

    incident: Incident
    stage: HookStage


@step("CallHook", Request, stage="triage")
def handler(request: Request, ctx: StepContext) -> Any:
    """One call, idempotent by its record; an incident that has failed holds no lease any more."""
    if request.stage == "on_failure":
        return call_next(ctx, request.incident, request.stage)
    return _guarded(request, ctx)


@irreversible
def _guarded(request: Request, ctx: StepContext) -> HookVerdict:
    return call_next(ctx, request.incident, request.stage)
