"""How long users were affected, in words: their recovery time, which is not the age of the incident."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.model.durations import humanize


class UsersOutage(msgspec.Struct, frozen=True, kw_only=True):
    """From when users were affected to when they were served again.

    ``at_least``: it began no later than ``began``, which is when somebody noticed.
    """

    began: datetime
    served_again: datetime
    at_least: bool = True


def outage_sentence(outage: UsersOutage) -> str:
    """The users' recovery time, with the moments it lies between."""
    least = "at least " if outage.at_least else ""
    return (
        f"users were affected for {least}{humanize(outage.served_again - outage.began)}, "
        f"from {outage.began:%H:%M:%S} to {outage.served_again:%H:%M:%S} UTC"
    )


def closing_sentence(sentence: str, outage: UsersOutage | None, opened_at: datetime, now: datetime) -> str:
    """How an incident ended, with both figures: that of the users where they were affected, and the incident's own."""
    users = f"{outage_sentence(outage)}; " if outage is not None else ""
    return f"{sentence} ({users}incident closed {humanize(now - opened_at)} after it was opened)"
