"""CopyLogs: the fresh window of every log group, read directly: an export may not have it for twelve hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from lyo_dr.adapters.aws.logs import read_page
from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.evidence import file_name, fresh_slices
from lyo_dr.errors import LyoDrError
from lyo_dr.handler import step
from lyo_dr.model.evidence import Copying, Slice
from lyo_dr.model.incident import Incident
from lyo_dr.model.plurals import counted
from lyo_dr.services.breach.evidence_store import EvidenceStore, as_lines

_PART = "logs"
_AT_ONCE = timedelta(seconds=12)
"""One run reads so long, and then says how far it is."""


class Request(msgspec.Struct, frozen=True):
    """The incident, and when preserving began."""

    incident: Incident
    started_at: datetime


@step("CopyLogs", Request)
def handler(request: Request, ctx: StepContext) -> Copying:
    """Newest hours first; when the plan's time for it is over, the rest is left to the export and is a gap."""
    incident, plan = request.incident, ctx.plan.evidence
    kept, until = EvidenceStore(ctx, incident), ctx.now() + _AT_ONCE
    groups = plan.log_groups.get(ctx.region, [])
    hours = fresh_slices(groups, incident.opened_at, request.started_at, plan.fresh)
    left = [hour for hour in hours if not kept.has(_name(hour, "end"))]
    if ctx.now() - request.started_at >= plan.copy_within:
        for hour in left:
            kept.miss(_PART, _name(hour, "end"), _what(hour), "the budget for copying was used up; see its export")
        return Copying(status="ready", sentence=f"{counted(len(left), 'hour')} of logs left to the export")
    for hour in left:
        if ctx.now() >= until or not _copy(hour, incident.id, kept, ctx, until):
            return Copying(status="pending", sentence="There are more logs to copy")
    return Copying(status="ready", sentence="The recent logs are copied" if groups else "The plan names no log groups")


def _copy(hour: Slice, incident: str, kept: EvidenceStore, ctx: StepContext, until: datetime) -> bool:
    """Page by page, each a file; False when there is more. The last one closes the hour."""
    reached = ctx.store.incidents.notes(incident, _name(hour, "pages"))
    number, token = len(reached), str(reached[-1]["token"]) if reached else None
    try:
        while ctx.now() < until:
            page = read_page(hour, ctx.region, token)
            token, number = page.following, number + 1
            _keep(hour, page.events, "end" if token is None else f"{number:04}", kept)
            if token is None:
                return True
            ctx.store.incidents.record_once(incident, _name(hour, "pages"), f"{number:04}", token=token)
    except LyoDrError as refusal:
        kept.refused(_PART, _name(hour, "end"), _what(hour), refusal)
        return True
    return False


def _keep(hour: Slice, events: list[dict[str, object]], page: str, kept: EvidenceStore) -> None:
    if events:
        kept.keep(_PART, _name(hour, page), f"{_what(hour)}: {counted(len(events), 'event')}", as_lines(events))
    elif page == "end":
        kept.nothing(_PART, _name(hour, page), f"{_what(hour)}: no events")


def _name(hour: Slice, page: str) -> str:
    return f"logs/{file_name(hour.group)}/{_moment(hour.begins):%Y%m%dT%H%M%S}-{page}.jsonl"


def _what(hour: Slice) -> str:
    return f"log group {hour.group} from {_moment(hour.begins):%Y-%m-%d %H:%M} to {_moment(hour.ends):%H:%M}"


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
