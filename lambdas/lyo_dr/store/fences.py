"""Fence state of a deposed region: the expectation of its peer, and its own report."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters.aws.dynamodb import Item, Table
from lyo_dr.errors import ConditionFailed
from lyo_dr.model.fence import Deposed, OwnFence

_NOT_NEWER = "attribute_not_exists(pk) OR epoch <= :epoch"


class Fences:
    """Fences in one region's table. A fence of an older epoch never replaces one of a newer."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def deposed(self, epoch: int) -> Deposed | None:
        """State of the deposed peer under ``epoch``, as known here; None if not on record."""
        item = self._table.get("SYSTEM", "FENCE")
        if item is None or item["epoch"] != epoch:
            return None
        return msgspec.convert(_fields(item), Deposed)

    def expect(self, epoch: int, incident: str) -> Deposed:
        """Record that the peer has to be fenced; existing state of this epoch is kept."""
        found = self.deposed(epoch)
        if found is not None:
            return found
        wanted = Deposed(epoch=epoch, incident=incident)
        self.keep(wanted)
        return wanted

    def keep(self, deposed: Deposed) -> bool:
        """Write the state; False if a newer epoch is on record."""
        return self._put("FENCE", deposed.epoch, msgspec.to_builtins(deposed))

    def own(self) -> OwnFence | None:
        """The last report of this deposed region about itself, or None."""
        item = self._table.get("SYSTEM", "FENCED")
        return None if item is None else msgspec.convert(_fields(item), OwnFence)

    def say(self, own: OwnFence) -> bool:
        """Publish the report for the peer; False if a newer epoch is on record."""
        return self._put("FENCED", own.epoch, msgspec.to_builtins(own))

    def _put(self, kind: str, epoch: int, fields: Item) -> bool:
        try:
            self._table.put({"pk": "SYSTEM", "sk": kind, **fields}, condition=_NOT_NEWER, values={":epoch": epoch})
        except ConditionFailed:
            return False
        return True


def _fields(item: Item) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name not in ("pk", "sk")}
