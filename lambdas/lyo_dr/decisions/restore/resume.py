"""Whether a restore goes on where an interrupted one has stopped, and to which moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from lyo_dr.model.restore import RecoveryPoint, RestoreRequest, Target
from lyo_dr.model.search import Bracket

_FRESH = timedelta(days=1)
"""An older one has been seen to by people, one way or another."""


def was_interrupted(head: dict[str, Any] | None, now: datetime) -> bool:
    """Whoever asks holds the lease, so an incident that is still open has nobody any more who works on it."""
    if head is None or head.get("state") != "open":
        return False
    return now - datetime.fromisoformat(str(head["opened_at"])) < _FRESH


def go_on(
    wish: RestoreRequest, chosen: RecoveryPoint, *, tried: list[Target], search: Bracket | None, former: str
) -> RecoveryPoint:
    """To the moment that was chosen already, unless an operator names another: that is the next attempt."""
    told = f"goes on where {former} was interrupted"
    if wish.named and chosen.target not in tried:
        return chosen
    target = tried[-1]
    return RecoveryPoint(
        status="chosen", sentence=f"Back to {target}: {told}", target=target, evidence=[told], search=search
    )


def done_before(former: str, damaged: str) -> RecoveryPoint:
    """The damaged instance has another name by now: users were served, and only the end was not recorded."""
    sentence = f"{former} had come to its end: {damaged} was put aside. Nothing was changed"
    return RecoveryPoint(status="held", sentence=sentence, evidence=[f"{former} was interrupted"])
