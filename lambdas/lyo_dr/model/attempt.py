"""Which try of a state this is: what Step Functions tells a step about its own retries."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """``entered`` is when the state began, the same for all its tries; ``retries`` counts those before this one.

    From the context object (developer guide, "Accessing execution data from the Context object": ``$$.State``).
    """

    entered: datetime
    retries: int
    started_at: datetime | None = None
    """When the stage began, if it is longer than this state."""

    @property
    def began(self) -> datetime:
        """When the clock of the stage was started."""
        return self.started_at or self.entered
