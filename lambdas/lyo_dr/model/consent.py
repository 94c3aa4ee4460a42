"""Questions to a person, their consent, and the last recovery, which starts the cooldown."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Standing = Literal["open", "approved", "declined", "expired"]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One question to a person, with everything needed to answer; the task token is stored separately.

    ``facts`` is a short hash over what is shown: an answer is valid for these facts only. ``loss_ms`` is the upper
    bound of the lost work, None if unknown.
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
    """The last recovery. Until it is acknowledged, or the cooldown ends, no alarm starts another one."""

    incident: str
    at: datetime
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None


class Blocked(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm that started nothing because of the cooldown or maintenance."""

    at: datetime
    incident: str
    region: str
    why: str
