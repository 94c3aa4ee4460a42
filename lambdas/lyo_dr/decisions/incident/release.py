"""Release of a kept lease: whether a person may end it."""

from __future__ import annotations

from datetime import datetime, timedelta

from lyo_dr.model.incident import Lease

KEPT = timedelta(days=1)
"""A lease that lasts longer is kept on purpose: no step renews one for nearly as long."""


def may_release(lease: Lease | None, holder: str, now: datetime) -> str | None:
    """None if it may, else why not. Only an execution that has ended keeps its lease; one that runs renews it."""
    if lease is None or lease.expires_at <= now:
        return f"{holder} holds no lease here; nothing is held"
    if lease.holder != holder:
        return f"{holder} holds no lease here; {lease.holder} does"
    if lease.expires_at - now <= KEPT:
        return (
            f"{holder} is still in progress: its lease is renewed by its steps and ends by itself at "
            f"{lease.expires_at:%H:%M:%S} UTC at the latest once it has stopped"
        )
    return None
