"""What the app serves, as the drill tells it: paths with their statuses, and the table that bookings go into."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True)
class Served:
    """The defaults are the app's own contract and its own table."""

    ready: frozenset[str] = frozenset({"/health/ready"})
    answers: dict[str, int] = field(default_factory=dict)
    """Other paths that are asked for, and the status of each."""
    bookings: str = "/bookings"
    schema: str = "public"
    table: str = "lyo_appointments"
    keys: tuple[str, ...] = ("id",)
    id: str = "id"
    time: str | None = "created_at"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what ``drills.world.images`` writes."""
        told = json.loads(text)
        ready = frozenset({"/health/ready", *told.pop("ready")})
        return cls(**{**told, "ready": ready, "keys": tuple(told["keys"])})

    @property
    def demonstration(self) -> bool:
        """Whether the table is the app's own."""
        return (self.schema, self.table) == ("public", "lyo_appointments")
