"""What to ask for, and in which order: logs newest first, actions by what AWS CloudTrail can be asked for."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from lyo_dr.model.evidence import Lookup, Slice, milliseconds

_HOUR = timedelta(hours=1)


def fresh_slices(groups: Iterable[str], opened: datetime, now: datetime, fresh: timedelta) -> list[Slice]:
    """The fresh window of every group in hours, the newest hour of all groups first.

    Newest first, because the time for copying is limited, and what is newest is what an export misses.
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
    """What is exported of a group: everything back to the plan's history, the fresh window included as far as it is."""
    return Slice(group=group, begins=milliseconds(opened - history), ends=milliseconds(opened))


def file_name(text: str) -> str:
    """A name AWS allows more in than a file should have."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", text).strip("_") or "_"


def export_name(incident: str, group: str) -> str:
    """The name by which an incident finds its export of a group again; up to 512 characters are allowed."""
    return f"{incident} {group}"


def patience(waited: timedelta, poll: timedelta) -> int:
    """Seconds to wait for an export: longer, the longer it takes.

    An execution may have 25,000 events (Step Functions developer guide, "Quotas"), and an export may take hours.
    """
    return max(1, math.ceil(max(poll, min(waited / 20, timedelta(minutes=10))).total_seconds()))


def lookups(principals: Iterable[str]) -> list[tuple[str, Lookup]]:
    """How the event history can be asked for each principal: by one attribute at a time, and never by its ARN.

    A user is its name; of a session the name is the session's. A role is no user name: the history knows it as the
    resource of the AssumeRole that made its sessions. An access key id is asked for as it is (CloudTrail user guide,
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
