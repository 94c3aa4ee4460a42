"""What a person is asked, what they answered, and the recovery that puts the automation on its brakes."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Standing = Literal["open", "approved", "declined", "expired"]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question to a person, with all they need for an answer; the task token is kept apart, in the table alone.

    ``facts`` is a short hash over what is shown: an answer counts for these facts and no others. ``loss_ms`` is the
    longest time of work that may be missing, None when nobody knows.
    """

    incident: str
    epoch: int
    facts: str
    finding: str
    loss_ms: int | None
    over_rpo: bool
    blockers: list[str]
    evidence: list[str]
    irrevocable: list[str]
    asked_at: datetime
    expires_at: datetime
    standing: Standing = "open"
    by: str = ""
    why: str = ""
    accepted: str = ""


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """Who consented to which facts; on record on the incident."""

    facts: str
    finding: str
    by: str


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """The last recovery. Until a person acknowledges it, or the cooldown is over, no alarm starts another one."""

    incident: str
    at: datetime
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None


class Blocked(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that started nothing because of a brake."""

    at: datetime
    incident: str
    region: str
    why: str
