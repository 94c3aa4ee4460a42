"""Whether the logins of now work on data of then: passwords are data, and went back with the rest of it."""

from __future__ import annotations

from collections.abc import Mapping

from lyo_dr.model.plan import ALTERNATING
from lyo_dr.model.rotation import LoginTry


def to_retire(app_roles: list[str], in_use: set[str]) -> list[str]:
    """The user a rotation had retired, whose old password (perhaps the leaked one) the restore brings back.

    None where logins are not rotated, or where it is not plain which of the two is in use.
    """
    if len(app_roles) != ALTERNATING or len(in_use) != 1 or not in_use < set(app_roles):
        return []
    return [role for role in app_roles if role not in in_use]


def to_renew(tries: Mapping[str, LoginTry]) -> list[str]:
    """Users the restored database refuses with the password of now."""
    return sorted(user for user, answer in tries.items() if answer.refused)


def aligned(renewed: Mapping[str, str], retired: Mapping[str, str], unknown: Mapping[str, str]) -> str:
    """One sentence on what was done: what the database said to each user, ``set`` where all is well."""
    told = [
        *(_told(user, said, "has its password of now again") for user, said in renewed.items()),
        *(_told(user, said, "has no known password, as before") for user, said in retired.items()),
        *(f"{user} could not be tried ({reason})" for user, reason in unknown.items()),
    ]
    return f"Logins in the restored data: {'; '.join(told) or 'as they are now'}"


def _told(user: str, said: str, done: str) -> str:
    return f"{user} {done}" if said == "set" else f"{user} was left as it is ({said})"
