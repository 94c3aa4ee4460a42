"""What a hook is told: ids and times of the incident, never data."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Hook


class HookEvent(msgspec.Struct, frozen=True, kw_only=True):
    """The input of a hook (docs/how-to/hooks.md). ``key`` is the same for every call of one hook in one incident."""

    version: int = 1
    incident: str
    hook: str
    key: str
    attempt: int
    stage: str
    kind: Literal["region_loss", "restore", "breach"]
    lost_region: str | None
    recovery_region: str
    database: str | None
    epoch: int
    deadline: datetime


def event_of(hook: Hook, incident: Incident, *, attempt: int, deadline: datetime) -> dict[str, Any]:
    """The event as plain data. ``lost_region`` is null where no region is lost."""
    kind: Literal["region_loss", "restore", "breach"] = "region_loss"
    if incident.database or incident.breach:
        kind = "breach" if incident.breach else "restore"
    event = HookEvent(
        incident=incident.id,
        hook=hook.name,
        key=f"{incident.id}/{hook.name}",
        attempt=attempt,
        stage=hook.stage,
        kind=kind,
        lost_region=incident.lost_region if kind == "region_loss" else None,
        recovery_region=incident.region,
        database=incident.database or None,
        epoch=incident.epoch,
        deadline=deadline,
    )
    plain: dict[str, Any] = msgspec.to_builtins(event)
    return plain
