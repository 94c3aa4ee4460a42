"""RecordFailure: what failed, how far the incident got, and whether the lease is kept."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.hooks.stages import at_stage
from lyo_dr.decisions.common.outcome import judge_failure
from lyo_dr.decisions.incident.skip import ended_without
from lyo_dr.decisions.restore.rollback import rollback_told
from lyo_dr.handler import step
from lyo_dr.model.verdict import Failure
from lyo_dr.services.incident.resume import incident_id_of
from lyo_dr.services.incident.skips import used_skips


class Request(msgspec.Struct, frozen=True):
    """The execution's name and its state; nothing more is certain to exist."""

    incident_id: str
    so_far: dict[str, Any]


@step("RecordFailure", Request)
def handler(request: Request, ctx: StepContext) -> Failure:
    """Judged by the idempotency records written before each action, not by the state machine's progress."""
    incident_id = incident_id_of(ctx, request.incident_id)
    head = ctx.store.incidents.head(incident_id)
    failure = judge_failure(
        request.so_far.get("error"),
        promotion_called=_promoted(incident_id, ctx) or _led_elsewhere(incident_id, request, ctx),
        authority_taken=head is not None and head.get("authority") == "taken",
        breach=bool((head or {}).get("breach")),
    )
    told = rollback_told(request.so_far.get("put_back"), request.so_far.get("put_back_error"))
    sentence = ended_without(failure.sentence + told, used_skips(ctx, incident_id))
    failure = msgspec.structs.replace(failure, sentence=sentence)
    if head is not None:
        failure = msgspec.structs.replace(failure, hooks=at_stage(ctx.plan, "on_failure"))
        ctx.store.incidents.set(incident_id, state="failed", ending=failure.ending, closed_at=ctx.now().isoformat())
    ctx.record(incident_id, failure.sentence)
    return failure


def _promoted(incident_id: str, ctx: StepContext) -> bool:
    return bool(ctx.store.incidents.notes(incident_id, "PROMOTION"))


def _led_elsewhere(incident_id: str, request: Request, ctx: StepContext) -> bool:
    """Whether the secrets of a region that takes over point to a restored database: they were not rolled back."""
    incident = request.so_far.get("incident") or {}
    return not incident.get("database") and bool(ctx.store.incidents.notes(incident_id, "POINTED"))
