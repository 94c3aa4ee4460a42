"""ExportLogs: every log group back to the plan's history, one export after the other."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from lyo_dr.adapters.aws import s3
from lyo_dr.adapters.aws.logs import begin_export, export, export_named, is_active
from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.evidence import export_name, exported, file_name
from lyo_dr.errors import LyoDrError, Throttled
from lyo_dr.handler import step
from lyo_dr.model.deadline import patience
from lyo_dr.model.incident import Incident
from lyo_dr.model.plurals import counted
from lyo_dr.model.verdict import Progress
from lyo_dr.services.breach.evidence_store import EvidenceStore

_PART = "exports"
_NOTE = "EXPORT"
_AT_ONCE = timedelta(seconds=12)
"""One run hashes so long, and then says how far it is."""


class Request(msgspec.Struct, frozen=True):
    """The incident, and when this began."""

    incident: Incident
    started_at: datetime


@step("ExportLogs", Request)
def handler(request: Request, ctx: StepContext) -> Progress:
    """Only one export may run per account and region: ours wait for each other, and for others."""
    kept, waited, plan = EvidenceStore(ctx, request.incident), ctx.now() - request.started_at, ctx.plan.evidence
    for group in plan.log_groups.get(ctx.region, []):
        if kept.has(_done(group)):
            continue
        if waited >= plan.export_within:
            kept.miss(_PART, _done(group), _what(group), "no export of it ended within the budget")
            continue
        sentence = _advance(request.incident, group, kept, ctx)
        if sentence:
            seconds = patience(waited, ctx.plan.timing.poll)
            return Progress(status="pending", sentence=sentence, wait_seconds=seconds)
    return Progress(status="ready", sentence="Every log group is exported or recorded as a gap")


def _advance(incident: Incident, group: str, kept: EvidenceStore, ctx: StepContext) -> str:
    """One more step for one group; what is waited for, or nothing when the group is done."""
    try:
        return _next(incident, group, kept, ctx)
    except Throttled as refusal:
        kept.raise_our_own(refusal)
        return "Another export is in progress"
    except LyoDrError as refusal:
        kept.refused(_PART, _done(group), _what(group), refusal)
        return ""


def _next(incident: Incident, group: str, kept: EvidenceStore, ctx: StepContext) -> str:
    task = _begun(incident, group, kept, ctx)
    if task is None:
        return f"Export of {group} started"
    ours = export(ctx.region, task)
    if ours is None or is_active(ours):
        return f"Export of {group} in progress"
    status = ours["status"]
    if status["code"] != "COMPLETED":
        kept.miss(_PART, _done(group), _what(group), f"its export ended as {status['code']}: {status.get('message')}")
        return ""
    return _record(incident, group, kept, ctx)


def _begun(incident: Incident, group: str, kept: EvidenceStore, ctx: StepContext) -> str | None:
    """The id of the export that was begun before, which is kept as a note; None when it is begun only now.

    Without the note it is looked for by its name: the step may have ended between the call and the note.
    """
    notes, name = ctx.store.incidents, export_name(incident.id, group)
    with kept.own_table():
        note = notes.read_note(incident.id, _NOTE, group)
    if note:
        return str(note["task"])
    found = export_named(ctx.region, name)
    if found is None:
        part = exported(group, incident.opened_at, ctx.plan.evidence.history)
        task = begin_export(part, ctx.region, name, ctx.names.evidence_bucket, f"{incident.id}/{_folder(group)}")
    else:
        task = str(found["taskId"])
    with kept.own_table():
        notes.record_once(incident.id, _NOTE, group, task=task)
    return None if found is None else task


def _record(incident: Incident, group: str, kept: EvidenceStore, ctx: StepContext) -> str:
    """What the export has written gets its hashes, as far as one run gets; last of all the group is done."""
    prefix, bucket, until = f"{incident.id}/", ctx.names.evidence_bucket, ctx.now() + _AT_ONCE
    count = 0
    for count, key in enumerate(s3.keys_below(bucket, ctx.region, f"{prefix}{_folder(group)}/"), start=1):
        name = key.removeprefix(prefix)
        if kept.has(name):
            continue
        if ctx.now() >= until:
            return f"Hashing the export of {group}, {counted(count, 'file')} so far"
        kept.found(_PART, name, _what(group), s3.weigh(bucket, ctx.region, key))
    kept.nothing(_PART, _done(group), f"{_what(group)}: {counted(count, 'file')}")
    return ""


def _folder(group: str) -> str:
    return f"exports/{file_name(group)}"


def _done(group: str) -> str:
    return f"{_folder(group)}/done"


def _what(group: str) -> str:
    return f"export of log group {group}"
