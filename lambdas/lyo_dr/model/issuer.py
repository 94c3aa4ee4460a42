"""Keys only their issuer can change: the state of a new one, and what is outstanding; see ``plan/secrets.py``."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

KEY = "{key}"
"""Where the key goes in the header of a test."""

HANDED_OVER = "LYODR_NEW_"
"""How the label of a handed-over version begins; the key's name follows. The version holds that key alone and never
becomes current, so nothing reads it but the step that tries it. Not AWSPENDING: that label belongs to the rotation of
the login, which takes it off whatever an abandoned rotation left behind."""


class KeyName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which key of which secret."""

    secret: str
    key: str

    def __str__(self) -> str:
        return f"{self.key} of {self.secret}"


class KeyTry(msgspec.Struct, frozen=True, kw_only=True):
    """Response of an issuer's endpoint to a key: a status, or the kind of error."""

    status: int = 0
    error: str = ""


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """State of a new key. ``accepted`` is taken; everything else needs a person.

    If none was handed over: ``absent``; ``unfinished``, taken earlier but tasks were not replaced; ``revoking``, in use
    while the former one may still be valid.

    ``version`` is the id of the handed-over version.
    """

    status: Literal["accepted", "refused", "absent", "unclear", "unfinished", "revoking"]
    sentence: str
    version: str = ""


class Replaced(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one key in a rotation."""

    status: Literal["taken", "outstanding", "revoking"]
    name: KeyName
    sentence: str


class Outstanding(msgspec.Struct, frozen=True, kw_only=True):
    """Open task for one key: get a new one, replace the tasks, or revoke the former one.

    ``by_hand``: nothing here changes the key or can ask about it, so a person's word closes the task.

    ``old`` are ids of versions of this region's copy that hold former keys.
    """

    name: KeyName
    issuer: str
    wanted: Literal["new", "redeploy", "revoke", "by_hand", "nothing"]
    incident: str
    since: datetime
    sentence: str
    old: list[str] = []
