"""AnnounceFailure: notify the responders that a person has to take over."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.endings import runbook
from lyo_dr.decisions.common.messages import incident_failed
from lyo_dr.decisions.common.outcome import innermost
from lyo_dr.errors import LyoDrError
from lyo_dr.handler import step
from lyo_dr.services.common.notify import notify
from lyo_dr.services.incident.resume import incident_id_of


class Request(msgspec.Struct, frozen=True):
    """The execution's name and its state; the failure may not have been recorded."""

    incident_id: str
    so_far: dict[str, Any]


@step("AnnounceFailure", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """Responders, with what is known and the page that goes on; stakeholders, if they heard of a disruption."""
    failure = request.so_far.get("failure") or _unrecorded(request.so_far.get("error"))
    execution, incident_id = request.incident_id, _incident_id(request.incident_id, ctx)
    again = "" if incident_id == execution else execution
    incident = request.so_far.get("incident") or {}
    resumable = incident.get("admission") == "open" and not incident.get("database") and not incident.get("breach")
    messages = incident_failed(
        ctx.plan,
        incident_id,
        failure["ending"],
        failure["sentence"],
        resumable=resumable,
        runbook=_runbook(request, incident_id, ctx),
        opened=bool(incident),
        about=again,
    )
    return notify(ctx, incident_id, messages)


def _incident_id(execution: str, ctx: StepContext) -> str:
    """If the table is unavailable, the execution's name is what people find."""
    try:
        return incident_id_of(ctx, execution)
    except LyoDrError:
        return execution


def _runbook(request: Request, incident_id: str, ctx: StepContext) -> str:
    """By the incident; by the signal if none was opened. Whether an instance is dead only the table knows."""
    about = request.so_far.get("incident") or request.so_far.get("signal") or {}
    breach = about.get("breach") or ("breach" if about.get("kind") == "breach" else "")
    database = about.get("database") or ""
    return runbook(database=database, breach=breach, instance_lost=bool(database) and _instance_lost(incident_id, ctx))


def _instance_lost(incident_id: str, ctx: StepContext) -> bool:
    try:
        return (ctx.store.incidents.head(incident_id) or {}).get("cause") == "instance"
    except LyoDrError:
        return False


def _unrecorded(error: Any) -> dict[str, str]:
    """If the table is unavailable, this message is the only record, so it says what failed."""
    name, cause = innermost(error) if isinstance(error, dict) else ("Unknown", "no cause on record")
    return {
        "ending": "failed",
        "sentence": f"The incident failed and the failure could not be recorded: {name}: {cause}",
    }
