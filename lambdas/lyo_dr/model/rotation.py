"""A rotation of secrets under way: ids and moments, never a password."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from lyo_dr.model.cache import TokenPlace
from lyo_dr.model.issuer import KeyName

HOLDER = "rotation-"
"""Prefix of the holder of a rotation's lease: a lost region may take it over (decisions/common/lease.py)."""

PROVEN = "LYODR_PROVEN"
"""The label of the version the application is known to work on. While the current version holds another login, a
rotation is unfinished, whoever began it and wherever its record was lost."""


class RotationRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What somebody asks for. Neither secrets nor keys named: every one of the plan that can be rotated.

    ``secrets`` get a new login and new tokens of their caches, ``keys`` are asked for at their issuers. ``incident`` is
    what this rotation is a part of: while that incident holds the lease the rotation works under it and leaves it
    alone, and keys stay outstanding on it. ``parent`` is the execution that runs it, by which Step Functions links the
    two (developer guide, "Nested workflows").
    """

    by: str = ""
    secrets: list[str] = []
    keys: list[KeyName] = []
    incident: str = ""
    parent: str = msgspec.field(default="", name="AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID")


class Rotation(msgspec.Struct, frozen=True, kw_only=True):
    """What every step of a rotation carries. ``standby`` is empty while there is none."""

    id: str
    epoch: int
    region: str
    standby: str
    secrets: list[str]
    opened_at: datetime
    keys: list[KeyName] = []
    tokens: list[TokenPlace] = []
    incident: str = ""
    under: str = ""
    """The incident whose lease it works under; empty for its own."""

    @property
    def holder(self) -> str:
        """Who holds the lease it works under."""
        return self.under or self.id

    @property
    def lease_region(self) -> str:
        """Where the lease lies: in the stand-by's table while there is a stand-by."""
        return self.standby or self.region

    @property
    def regions(self) -> list[str]:
        """Whose copies are rotated, the active region first."""
        return [self.region, self.standby] if self.standby else [self.region]


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a rotation may begin here and now."""

    status: Literal["open", "postponed", "not_ours", "given_up"]
    sentence: str
    wait_seconds: int = 1
    rotation: Rotation | None = None


class Staged(msgspec.Struct, frozen=True, kw_only=True):
    """Where the new login of one secret lies: version ids by region. ``old`` holds the login that will be retired."""

    secret: str
    database: str
    user: str
    retiring: str
    versions: dict[str, str]
    old: dict[str, str]
    sentence: str


class LoginTry(msgspec.Struct, frozen=True, kw_only=True):
    """What a database said to a login. ``refused``: to its user or password, not to the connection."""

    accepted: bool
    refused: bool = False
    reason: str = ""


class Rekeyed(msgspec.Struct, frozen=True, kw_only=True):
    """What a database did with a user's password; ``reason`` says why it did nothing."""

    done: bool
    reason: str = ""
    ended: int = 0
