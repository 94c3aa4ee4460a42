"""What evidence to collect, in which order: logs newest first, actions by the lookup attributes of AWS CloudTrail."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from lyo_dr.model.evidence import Lookup, Slice, milliseconds

_HOUR = timedelta(hours=1)


def fresh_slices(groups: Iterable[str], opened: datetime, now: datetime, fresh: timedelta) -> list[Slice]:
    """The recent window of every log group in hours, the newest hour of all groups first.

    Newest first, because the time for copying is limited, and an export misses the newest entries.
    """
    edges = [now]
    while edges[-1] > opened - fresh:
        edges.append(max((edges[-1] if len(edges) > 1 else opened) - _HOUR, opened - fresh))
    return [
        Slice(group=group, begins=milliseconds(begins), ends=milliseconds(ends) - 1)
        for ends, begins in itertools.pairwise(edges)
        for group in groups
    ]


def exported(group: str, opened: datetime, history: timedelta) -> Slice:
    """Range to export of a group: back to the plan's history, including the recent window as far as available."""
    return Slice(group=group, begins=milliseconds(opened - history), ends=milliseconds(opened))


def file_name(text: str) -> str:
    """Turn an AWS name into a safe file name."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", text).strip("_") or "_"


def export_name(incident: str, group: str) -> str:
    """Idempotent name of an incident's export of a group; up to 512 characters are allowed."""
    return f"{incident} {group}"


def lookups(principals: Iterable[str]) -> list[tuple[str, Lookup]]:
    """Lookups in the event history for each principal: by one attribute at a time, and never by ARN.

    A user is looked up by its name, a session by its session name. A role is not a user name: the history has it as the
    resource of the AssumeRole that created its sessions. An access key id is used as it is (CloudTrail user guide,
    "Viewing event history").
    """
    return [(principal, _lookup(principal)) for principal in dict.fromkeys(principals)]


def _lookup(principal: str) -> Lookup:
    if re.fullmatch(r"A[KS]IA[A-Z0-9]{12,}", principal):
        return Lookup(attribute="AccessKeyId", value=principal)
    kind, _, rest = principal.rsplit(":", 1)[-1].partition("/")
    if kind == "role":
        return Lookup(attribute="ResourceName", value=principal)
    return Lookup(attribute="Username", value=(rest or kind).rsplit("/", 1)[-1])
