"""Keys that follow: which version of a source was seen since when, and since when bringing them fails."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.dynamodb import Table
from lyo_dr.model.rotation import FollowingFails, SourceSeen

_FAILS = "FOLLOWING"


class FollowedKeys:
    """In the standby's table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def seen(self, secret: str) -> SourceSeen | None:
        """The version of its source that was seen last."""
        item = self._table.get("SYSTEM", f"FOLLOW#{secret}")
        return None if item is None else msgspec.json.decode(item["seen"], type=SourceSeen)

    def keep_seen(self, secret: str, seen: SourceSeen) -> None:
        """Remember it."""
        self._put(f"FOLLOW#{secret}", seen=msgspec.json.encode(seen).decode())

    def fails(self) -> FollowingFails | None:
        """Since when it fails; None while it works."""
        item = self._table.get("SYSTEM", _FAILS)
        return msgspec.json.decode(item["fails"], type=FollowingFails) if item is not None and item["fails"] else None

    def keep_fails(self, fails: FollowingFails | None) -> None:
        """Remember it; None: it works."""
        self._put(_FAILS, fails="" if fails is None else msgspec.json.encode(fails).decode())

    def _put(self, sk: str, **fields: str) -> None:
        self._table.put({"pk": "SYSTEM", "sk": sk, **fields})
