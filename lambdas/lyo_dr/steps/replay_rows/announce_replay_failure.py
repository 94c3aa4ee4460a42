"""AnnounceReplayFailure: notify the responders that a replay stopped; it may be started again."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.outcome import innermost
from lyo_dr.decisions.restore.reconciliation_messages import replay_failed
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The incident, which replay this is, and the state of the execution."""

    incident: Incident
    replay: str
    so_far: dict[str, Any]


@step("AnnounceReplayFailure", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """Responders, and a note for the person who waits at a prompt."""
    error = request.so_far.get("error")
    cause = ": ".join(part for part in innermost(error) if part) if isinstance(error, dict) else None
    sentence = f"Replay {request.replay} stopped: {cause or 'no reason on record'}"
    ctx.record(request.incident.id, sentence)
    ctx.store.incidents.record_once(request.incident.id, "CONCLUDED", request.replay, sentence=sentence, failed=True)
    return notify(ctx, request.incident.id, replay_failed(request.incident.id, sentence))
