"""State of a secret rotation: ids and timestamps, never a password."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from lyo_dr.model.cache import TokenPlace
from lyo_dr.model.issuer import KeyName

HOLDER = "rotation-"
"""Prefix of a rotation's id, which is also the holder of its lease."""

PROVEN = "LYODR_PROVEN"
"""Label of the version the application is proven to work with. While the current version holds another login, a
rotation is unfinished, even if its record was lost."""


class RotationRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A request to rotate. Without secrets and keys: everything in the plan that can be rotated.

    ``secrets`` get a new login and new cache tokens, ``keys`` are requested from their issuers. ``incident`` is the
    incident this rotation is part of, on which keys stay outstanding. ``parent`` is the execution that runs it, by
    which Step Functions links the two (developer guide, "Nested workflows").
    """

    by: str = ""
    secrets: list[str] = []
    keys: list[KeyName] = []
    incident: str = ""
    parent: str = msgspec.field(default="", name="AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID")


class Rotation(msgspec.Struct, frozen=True, kw_only=True):
    """Context passed to every step of a rotation. ``standby`` is empty while there is none."""

    id: str
    epoch: int
    region: str
    standby: str
    secrets: list[str]
    opened_at: datetime
    keys: list[KeyName] = []
    tokens: list[TokenPlace] = []
    by_hand: list[KeyName] = []
    """Keys that nothing replaces; kept outstanding when it closes."""
    incident: str = ""
    """The incident it is part of, on which keys stay outstanding."""

    @property
    def lease_region(self) -> str:
        """Region whose table holds the lease: the standby's while there is one."""
        return self.standby or self.region

    @property
    def regions(self) -> list[str]:
        """Regions whose copies are rotated, the active one first."""
        return [self.region, self.standby] if self.standby else [self.region]


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a rotation may begin here and now."""

    status: Literal["open", "postponed", "not_ours", "given_up"]
    sentence: str
    wait_seconds: int = 1
    rotation: Rotation | None = None


class UserChange(msgspec.Struct, frozen=True, kw_only=True):
    """The user the application changes to in one database, and the one that will be retired."""

    database: str
    user: str
    retiring: str


class Staged(msgspec.Struct, frozen=True, kw_only=True):
    """Version ids of one secret's new logins by region. ``old`` holds the logins that will be retired."""

    secret: str
    users: list[UserChange]
    versions: dict[str, str]
    old: dict[str, str]
    sentence: str


class LoginTry(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a login attempt. ``refused``: because of user or password, not of the connection."""

    accepted: bool
    refused: bool = False
    reason: str = ""


class Rekeyed(msgspec.Struct, frozen=True, kw_only=True):
    """Result of setting a user's password; ``reason`` says why it was not set."""

    done: bool
    reason: str = ""
    ended: int = 0


FOLLOWED = "LYODR_FOLLOWED"
"""Label of a version with keys of the active region, until it is current."""


class SourceSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the active region's secret that differs from the standby's, and since when it is seen as current."""

    version: str
    since: datetime


class FollowingFails(msgspec.Struct, frozen=True, kw_only=True):
    """Since when keys could not be brought, and when that was seen last."""

    since: datetime
    last: datetime


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the keys of one secret that follow the active region's. Names of keys, never a value."""

    status: Literal["same", "brought", "settling", "withheld", "replicated", "waiting", "failed"]
    sentence: str = ""
