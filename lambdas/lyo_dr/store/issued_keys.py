"""Outstanding tasks for keys that a person has to replace; they outlive the rotation that created them."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.dynamodb import Item, Table
from lyo_dr.model.issuer import KeyName, Outstanding


class OutstandingKeys:
    """One item per key that ever had a task, in one region's table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, name: KeyName) -> Outstanding | None:
        """The open task of a key, or None."""
        found = self.find(name)
        return None if found is None or found.wanted == "nothing" else found

    def find(self, name: KeyName) -> Outstanding | None:
        """The last task of a key, open or closed, or None."""
        item = self._table.get("SYSTEM", _sk(name))
        return None if item is None else _outstanding(item)

    def keep(self, outstanding: Outstanding) -> None:
        """Replace the open task of a key."""
        text = msgspec.json.encode(outstanding).decode()
        self._table.put({"pk": "SYSTEM", "sk": _sk(outstanding.name), "outstanding": text})

    def settle(self, outstanding: Outstanding, sentence: str) -> None:
        """Close the task of a key."""
        self.keep(msgspec.structs.replace(outstanding, wanted="nothing", sentence=sentence))

    def all(self) -> list[Outstanding]:
        """All open tasks, sorted by secret and key."""
        found = [_outstanding(item) for item in self._table.list("SYSTEM", "OUTSTANDING#")]
        return [each for each in found if each.wanted != "nothing"]


def _sk(name: KeyName) -> str:
    return f"OUTSTANDING#{name.secret}#{name.key}"


def _outstanding(item: Item) -> Outstanding:
    return msgspec.json.decode(item["outstanding"], type=Outstanding)
