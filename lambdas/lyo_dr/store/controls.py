"""Automation controls: the pause, and the cooldown after a recovery with the alarms it has blocked."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.dynamodb import Item, Table
from lyo_dr.decisions.common.pause import PauseSpan, begun, ended
from lyo_dr.errors import ConditionFailed
from lyo_dr.model.consent import Blocked, Recovery
from lyo_dr.store.timestamps import timestamp


class AutomationControls:
    """Brakes in one region's table. The guard reads the pause through ``ControlState.paused``."""

    def __init__(self, table: Table) -> None:
        self._table = table

    # -- the kill switch ----------------------------------------------------------------------------------
    def pause(self, by: str, why: str, now: datetime) -> None:
        """Pause the automation: guarded steps wait before changing anything. A running pause keeps its begin."""
        spans = msgspec.to_builtins(begun(self._pauses(), now))
        pause = {"paused": True, "by": by, "why": why, "at": timestamp(now), "spans": spans}
        self._table.put({"pk": "SYSTEM", "sk": "PAUSE", **pause})

    def resume(self, by: str, now: datetime) -> None:
        """Resume the automation; what waits goes on by itself, and the time it waited stays on record."""
        spans = msgspec.to_builtins(ended(self._pauses(), now))
        self._table.put(
            {"pk": "SYSTEM", "sk": "PAUSE", "paused": False, "by": by, "at": timestamp(now), "spans": spans}
        )

    def _pauses(self) -> list[PauseSpan]:
        item = self._table.get("SYSTEM", "PAUSE") or {}
        return msgspec.convert(item.get("spans", []), list[PauseSpan])

    # -- the cooldown -------------------------------------------------------------------------------------
    def recovered(self, incident_id: str, now: datetime) -> None:
        """Start the cooldown after a recovery. Idempotent per incident: a retry does not restart it."""
        item = {"pk": "SYSTEM", "sk": "RECOVERY", "incident": incident_id, "at": timestamp(now)}
        try:
            self._table.put(item, "attribute_not_exists(pk) OR incident <> :incident", {":incident": incident_id})
        except ConditionFailed:
            return

    def remember(self, recovery: Recovery) -> None:
        """The last recovery, as the region knows it that has carried it out."""
        item: Item = {"pk": "SYSTEM", "sk": "RECOVERY", "incident": recovery.incident, "at": timestamp(recovery.at)}
        if recovery.acknowledged_at is not None:
            item |= {
                "acknowledged_by": recovery.acknowledged_by,
                "acknowledged_at": timestamp(recovery.acknowledged_at),
            }
        self._table.put(item)

    def recovery(self) -> Recovery | None:
        """The last recovery, or None."""
        item = self._table.get("SYSTEM", "RECOVERY")
        if item is None:
            return None
        acknowledged = item.get("acknowledged_at")
        return Recovery(
            incident=item["incident"],
            at=datetime.fromisoformat(item["at"]),
            acknowledged_by=item.get("acknowledged_by", ""),
            acknowledged_at=None if acknowledged is None else datetime.fromisoformat(acknowledged),
        )

    def acknowledge(self, incident_id: str, by: str, now: datetime) -> bool:
        """Record a person's acknowledgement; False if acknowledged before, or not the last recovery."""
        fields = {"acknowledged_by": by, "acknowledged_at": timestamp(now)}
        condition = "incident = :incident AND attribute_not_exists(acknowledged_at)"
        try:
            self._table.change("SYSTEM", "RECOVERY", fields, condition, {":incident": incident_id})
        except ConditionFailed:
            return False
        return True

    def block(self, blocked: Blocked) -> None:
        """Record an alarm that started nothing."""
        stamp = timestamp(blocked.at)
        item = {"pk": "BLOCKED", "sk": f"{stamp}#{blocked.incident}", "at": stamp, "incident": blocked.incident}
        self._table.put({**item, "region": blocked.region, "why": blocked.why})

    def blocked(self) -> list[Blocked]:
        """Alarms that started nothing, oldest first."""
        return [
            Blocked(
                at=datetime.fromisoformat(item["at"]), incident=item["incident"], region=item["region"], why=item["why"]
            )
            for item in self._table.list("BLOCKED", "2")
        ]
