"""What becomes of what a restore has stopped when other work takes its lease."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from lyo_dr.decisions.common.lease import still_ours
from lyo_dr.model.incident import Lease, SystemRecord


class Regained(msgspec.Struct, frozen=True, kw_only=True):
    """``held``: put back. ``take_again``: take the lease first. ``waits``: not yet. ``handed_over``: never."""

    status: Literal["held", "take_again", "waits", "handed_over"]
    sentence: str = ""


def may_put_back(
    record: SystemRecord, lease: Lease | None, *, here: str, holder: str, epoch: int, now: datetime
) -> Regained:
    """A region that is no longer active belongs to the incident that moved authority: nothing there is undone."""
    if record.active_region != here:
        return Regained(
            status="handed_over",
            sentence=f"Nothing is rolled back: {record.active_region} is active at epoch {record.epoch}, "
            f"and what was stopped in {here} stays stopped",
        )
    if still_ours(lease, holder=holder, epoch=epoch, now=now) is None:
        return Regained(status="held")
    if lease is not None and lease.holder != holder and lease.expires_at > now:
        return Regained(
            status="waits",
            sentence=f"Waiting for {lease.holder}, which took precedence, before anything is rolled back",
        )
    return Regained(status="take_again")
