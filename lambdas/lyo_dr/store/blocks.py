"""Blocked addresses of breaches, and when each block is due for review."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from lyo_dr.adapters.aws.dynamodb import Table


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses blocked by one incident: ``until`` is when the block is due for review, not when it ends."""

    incident: str
    addresses: list[str]
    until: datetime


class Blocks:
    """The blocks of one region's incidents."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def keep(self, block: Block) -> None:
        """Record a block; idempotent for retries."""
        until = block.until.astimezone(UTC).isoformat()
        item = {"pk": "SYSTEM", "sk": _sk(block.incident), "addresses": block.addresses, "until": until}
        self._table.put({**item, "lifted": False})

    def lift(self, incident_id: str) -> None:
        """Record that a person lifted the block."""
        self._table.put({"pk": "SYSTEM", "sk": _sk(incident_id), "lifted": True})

    def standing(self) -> list[Block]:
        """Blocks that have not been lifted."""
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
