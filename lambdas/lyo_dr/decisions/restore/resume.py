"""Resuming an interrupted restore, and its recovery point."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from lyo_dr.model.restore import RecoveryPoint, RestoreRequest, Target
from lyo_dr.model.search import Bracket

_FRESH = timedelta(days=1)
"""An older interrupted restore has been handled by people."""


def was_interrupted(head: dict[str, Any] | None, now: datetime) -> bool:
    """Whether the incident was interrupted: the caller holds the lease, so an open incident has no worker any more."""
    if head is None or head.get("state") != "open":
        return False
    return now - datetime.fromisoformat(str(head["opened_at"])) < _FRESH


def go_on(
    wish: RestoreRequest, chosen: RecoveryPoint, *, tried: list[Target], search: Bracket | None, former: str
) -> RecoveryPoint:
    """Keep the recovery point already chosen, unless an operator names another: that is the next attempt."""
    told = f"resuming where {former} was interrupted"
    if wish.named and chosen.target not in tried:
        return chosen
    target = tried[-1]
    return RecoveryPoint(
        status="chosen", sentence=f"Restoring to {target}: {told}", target=target, evidence=[told], search=search
    )


def done_before(former: str, damaged: str) -> RecoveryPoint:
    """The damaged instance is already renamed: the restore had finished, only its end was not recorded."""
    sentence = f"{former} had already finished: {damaged} was renamed. Nothing was changed"
    return RecoveryPoint(status="held", sentence=sentence, evidence=[f"{former} was interrupted"])
