"""Logins after a restore: passwords are data, so a restore brings back the old ones."""

from __future__ import annotations

from collections.abc import Mapping

from lyo_dr.model.plan import ALTERNATING
from lyo_dr.model.rotation import LoginTry


def to_retire(app_roles: list[str], in_use: set[str]) -> list[str]:
    """The user a rotation had retired, whose old (possibly leaked) password the restore brings back.

    Empty if logins are not rotated, or if it is not clear which of the two is in use.
    """
    if len(app_roles) != ALTERNATING or len(in_use) != 1 or not in_use < set(app_roles):
        return []
    return [role for role in app_roles if role not in in_use]


def to_renew(tries: Mapping[str, LoginTry]) -> list[str]:
    """Users whose current password the restored database refuses, or may refuse: no answer proves nothing.

    Setting a password that is set already changes nothing.
    """
    return sorted(user for user, answer in tries.items() if not answer.accepted)


def aligned(renewed: Mapping[str, str], retired: Mapping[str, str]) -> str:
    """Summary for the timeline, from the database's result for each user (``set`` if it succeeded)."""
    told = [
        *(_told(user, said, "has its current password again") for user, said in renewed.items()),
        *(_told(user, said, "has no known password, as before") for user, said in retired.items()),
    ]
    return f"Logins in the restored data: {'; '.join(told) or 'unchanged'}"


def _told(user: str, said: str, done: str) -> str:
    return f"{user} {done}" if said == "set" else f"{user} was left unchanged ({said})"
