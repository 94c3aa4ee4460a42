"""What people still have to do for keys only their issuer can change; it outlives the rotation that asked."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.dynamodb import Item, Table
from lyo_dr.model.issuer import KeyName, Outstanding


class OutstandingKeys:
    """One item for each key there ever was something to do for, in one region's table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, name: KeyName) -> Outstanding | None:
        """What is wanted for a key, or None when there is nothing to do."""
        item = self._table.get("SYSTEM", _sk(name))
        found = None if item is None else _outstanding(item)
        return None if found is None or found.wanted == "nothing" else found

    def keep(self, outstanding: Outstanding) -> None:
        """Write down what is wanted now, in the place of what was."""
        text = msgspec.json.encode(outstanding).decode()
        self._table.put({"pk": "SYSTEM", "sk": _sk(outstanding.name), "outstanding": text})

    def settle(self, outstanding: Outstanding, sentence: str) -> None:
        """Nothing is left to do."""
        self.keep(msgspec.structs.replace(outstanding, wanted="nothing", sentence=sentence))

    def all(self) -> list[Outstanding]:
        """Everything there is to do, by the names of secret and key."""
        found = [_outstanding(item) for item in self._table.list("SYSTEM", "OUTSTANDING#")]
        return [each for each in found if each.wanted != "nothing"]


def _sk(name: KeyName) -> str:
    return f"OUTSTANDING#{name.secret}#{name.key}"


def _outstanding(item: Item) -> Outstanding:
    return msgspec.json.decode(item["outstanding"], type=Outstanding)
