"""One attempt at one booking: what was tried, when, where, and how it ended. One JSON line each."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Self

ACKNOWLEDGED = frozenset({200, 201})
"""201: booked now; 200: it existed already, an earlier attempt had reached the database."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt. Epoch seconds; without an answer ``status`` is 0 and ``error`` an exception's name.

    ``address`` is empty when the name did not resolve; ``region`` is what the answer says, empty without one.
    """

    t_start: float
    t_end: float
    id: str
    attempt: int
    status: int
    ok: bool
    address: str = ""
    region: str = ""
    error: str = ""

    @classmethod
    def from_line(cls, line: str) -> Self:
        """Read one line; raises ValueError or TypeError when it is none of ours."""
        fields: dict[str, Any] = json.loads(line)
        return cls(**fields)

    def to_line(self) -> str:
        """Return the attempt as one line of JSON, without the line's end."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @property
    def seconds(self) -> float:
        """How long the client waited."""
        return self.t_end - self.t_start
