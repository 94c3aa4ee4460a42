"""Autoscaling limits that could not be set when a service was scaled up, and still have to be."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.dynamodb import Table


class OwedLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of one service, owed by an incident under its epoch."""

    service: str
    incident: str
    epoch: int


class OwedLimitsStore:
    """What is owed in one region, one item for each service."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def owe(self, owed: OwedLimits) -> None:
        """Write down that limits have to be set; idempotent."""
        self._put(owed, settled=False)

    def settle(self, owed: OwedLimits) -> None:
        """Write down that they are."""
        self._put(owed, settled=True)

    def of(self, service: str) -> OwedLimits | None:
        """What is owed for a service, or None."""
        item = self._table.get("SYSTEM", f"LIMITS#{service}")
        if item is None or item["settled"]:
            return None
        return OwedLimits(service=service, incident=item["incident"], epoch=item["epoch"])

    def _put(self, owed: OwedLimits, *, settled: bool) -> None:
        item = {"pk": "SYSTEM", "sk": f"LIMITS#{owed.service}", "incident": owed.incident, "epoch": owed.epoch}
        self._table.put({**item, "settled": settled})
