"""Which breaches hold addresses back, and until when nobody has to look at them again."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from lyo_dr.adapters.aws.dynamodb import Table


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """What one incident blocks: ``until`` is when people are asked to look again, not when it ends."""

    incident: str
    addresses: list[str]
    until: datetime


class Blocks:
    """The blocks of one region's incidents."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, block: Block) -> None:
        """From now on it stands. Written again by a step that is tried again."""
        until = block.until.astimezone(UTC).isoformat()
        item = {"pk": "SYSTEM", "sk": _sk(block.incident), "addresses": block.addresses, "until": until}
        self._table.put({**item, "lifted": False})

    def lift(self, incident_id: str) -> None:
        """A person lifted it."""
        self._table.put({"pk": "SYSTEM", "sk": _sk(incident_id), "lifted": True})

    def standing(self) -> list[Block]:
        """Those that nobody has lifted."""
        return [
            Block(
                incident=str(item["sk"]).partition("#")[2],
                addresses=[str(address) for address in item["addresses"]],
                until=datetime.fromisoformat(item["until"]),
            )
            for item in self._table.list("SYSTEM", "BLOCK#")
            if not item["lifted"]
        ]


def _sk(incident_id: str) -> str:
    return f"BLOCK#{incident_id}"
