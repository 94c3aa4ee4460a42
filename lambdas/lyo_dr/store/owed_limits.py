"""Autoscaling limits that could not be set when a service was scaled up or back, and still have to be."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.dynamodb import Table


class OwedLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of one service, owed by an incident under its epoch."""

    service: str
    incident: str
    epoch: int


class LimitsToReturn(msgspec.Struct, frozen=True, kw_only=True):
    """The limits a service had before an incident that ended in nothing changed them, still to be put back."""

    service: str
    region: str
    incident: str
    minimum: int
    maximum: int


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

    def owe_back(self, back: LimitsToReturn) -> None:
        """Write down that limits have to be put back; idempotent."""
        self._put_back(back, settled=False)

    def put_back(self, back: LimitsToReturn) -> None:
        """Write down that they are, or that nobody wants them any more."""
        self._put_back(back, settled=True)

    def to_return(self, service: str, region: str) -> LimitsToReturn | None:
        """What has to be put back for a service in one of the two regions, or None."""
        item = self._table.get("SYSTEM", f"LIMITS#{service}#{region}")
        if item is None or item["settled"]:
            return None
        return LimitsToReturn(
            service=service,
            region=region,
            incident=item["incident"],
            minimum=item["minimum"],
            maximum=item["maximum"],
        )

    def _put_back(self, back: LimitsToReturn, *, settled: bool) -> None:
        item = {"incident": back.incident, "minimum": back.minimum, "maximum": back.maximum, "settled": settled}
        self._table.put({"pk": "SYSTEM", "sk": f"LIMITS#{back.service}#{back.region}", **item})

    def _put(self, owed: OwedLimits, *, settled: bool) -> None:
        item = {"pk": "SYSTEM", "sk": f"LIMITS#{owed.service}", "incident": owed.incident, "epoch": owed.epoch}
        self._table.put({**item, "settled": settled})
