"""Messages on their way to people: what a step writes, and what waits in the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

Milestone = Literal["", "disruption", "restored", "ended"]
"""What a message says of the service; empty for anything else.

``ended``: the incident is over in another way than by a recovery; only for those who were told that it began.
"""

Settled = Literal["sent", "merged", "overtaken", "missed"]
"""How a message left the outbox. ``merged``: a later one stated it; ``overtaken``: a later one had been sent."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class QueuedMessage(msgspec.Struct, frozen=True, kw_only=True):
    """One message to one audience that waits in the outbox. ``due_at``: not to be tried before; None is at once."""

    incident: str
    step: str
    audience: str
    about: str
    subject: str
    text: str
    milestone: Milestone
    written_at: Moment
    attempts: int = 0
    due_at: Moment | None = None

    @property
    def name(self) -> str:
        """Idempotency key within the incident."""
        return f"{self.step}#{self.audience}" + (f"#{self.about}" if self.about else "")
