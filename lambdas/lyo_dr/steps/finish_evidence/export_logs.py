"""ExportLogs: every log group back to the plan's history, one export after the other."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from lyo_dr.adapters.aws import vault
from lyo_dr.adapters.aws.logs import begin_export, exports, is_active
from lyo_dr.decisions.evidence import export_name, exported, file_name, patience
from lyo_dr.doorman import Here, step
from lyo_dr.errors import LyoDrError, Throttled
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.vault import Vault

_PART = "exports"
_AT_ONCE = timedelta(seconds=12)
"""One run hashes so long, and then says how far it is."""


class Request(msgspec.Struct, frozen=True):
    """The incident, and when this began."""

    incident: Incident
    started_at: datetime


@step("ExportLogs", Request)
def handler(request: Request, here: Here) -> Progress:
    """Only one export may run in an account and region: ours wait for each other, and for anybody else's."""
    kept, waited, plan = Vault(here, request.incident), here.now() - request.started_at, here.plan.evidence
    for group in plan.log_groups.get(here.region, []):
        if kept.has(_done(group)):
            continue
        if waited >= plan.export_within:
            kept.miss(_PART, _done(group), _what(group), "no export of it has ended in the time allowed")
            continue
        sentence = _advance(request.incident, group, kept, here)
        if sentence:
            seconds = patience(waited, here.plan.timing.poll)
            return Progress(status="pending", sentence=sentence, wait_seconds=seconds)
    return Progress(status="ready", sentence="Every log group is exported, or a gap")


def _advance(incident: Incident, group: str, kept: Vault, here: Here) -> str:
    """One more step for one group; what is waited for, or nothing when the group is done."""
    try:
        return _next(incident, group, kept, here)
    except Throttled:
        return "Another export is under way"
    except LyoDrError as refusal:
        kept.miss(_PART, _done(group), _what(group), str(refusal))
        return ""


def _next(incident: Incident, group: str, kept: Vault, here: Here) -> str:
    name = export_name(incident.id, group)
    ours = [export for export in exports(here.region) if export.get("taskName") == name]
    if not ours:
        part = exported(group, incident.opened_at, here.plan.evidence.history)
        begin_export(part, here.region, name, here.names.evidence_bucket, f"{incident.id}/{_folder(group)}")
        return f"The export of {group} is begun"
    if is_active(ours[0]):
        return f"The export of {group} is under way"
    status = ours[0]["status"]
    if status["code"] != "COMPLETED":
        kept.miss(_PART, _done(group), _what(group), f"its export ended as {status['code']}: {status.get('message')}")
        return ""
    return _record(incident, group, kept, here)


def _record(incident: Incident, group: str, kept: Vault, here: Here) -> str:
    """What the export has written gets its hashes, as far as one run gets; last of all the group is done."""
    prefix, bucket, until = f"{incident.id}/", here.names.evidence_bucket, here.now() + _AT_ONCE
    count = 0
    for count, key in enumerate(vault.keys_below(bucket, here.region, f"{prefix}{_folder(group)}/"), start=1):
        name = key.removeprefix(prefix)
        if kept.has(name):
            continue
        if here.now() >= until:
            return f"The export of {group} is being hashed, {count} files so far"
        kept.found(_PART, name, _what(group), vault.weigh(bucket, here.region, key))
    kept.nothing(_PART, _done(group), f"{_what(group)}: {count} files")
    return ""


def _folder(group: str) -> str:
    return f"exports/{file_name(group)}"


def _done(group: str) -> str:
    return f"{_folder(group)}/done"


def _what(group: str) -> str:
    return f"export of log group {group}"
