"""Evidence of a breach: the suspects, and the entries of a manifest; its part of the plan is ``plan/breach.py``."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec


class Suspects(msgspec.Struct, frozen=True, kw_only=True):
    """What a breach is thought to go by: ARNs of principals, address blocks, names of secrets. Never a value."""

    principals: list[str] = []
    addresses: list[str] = []
    secrets: list[str] = []


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that was preserved, or a ``gap``: why it was not.

    ``file`` is its place below the manifest, ``version`` its version in the bucket, ``sha256`` and ``size`` those of
    its bytes. ``reference`` names what AWS itself keeps, such as a snapshot.
    """

    at: str
    part: str
    what: str
    file: str | None = None
    version: str | None = None
    sha256: str | None = None
    size: int | None = None
    reference: str | None = None
    gap: str | None = None


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """What a manifest holds: files, gaps, and the hash of its last line, the ``head``.

    An entry may be neither: an hour in which nothing was logged.
    """

    preserved: int
    gaps: int
    head: str
    sentence: str


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """How one branch of the machine ended; ``error`` and ``cause`` when its steps could not run at all."""

    part: str
    error: str = ""
    cause: str = ""


Line = dict[str, Any]
"""One line of a manifest as it is read back: nothing in it is believed before it was checked."""


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of one log group, both ends included, as the API of Amazon CloudWatch Logs counts: milliseconds."""

    group: str
    begins: int
    ends: int


class Lookup(msgspec.Struct, frozen=True, kw_only=True):
    """One question to the event history of AWS CloudTrail, which takes one attribute at a time."""

    attribute: str
    value: str


class WebAcl(msgspec.Struct, frozen=True, kw_only=True):
    """A web ACL of one region: its API wants all three."""

    arn: str
    name: str
    id: str


class Copying(msgspec.Struct, frozen=True, kw_only=True):
    """How far copying has come; the Choice state reads ``status``."""

    status: Literal["ready", "pending"]
    sentence: str
    wait_seconds: int = 1


def milliseconds(moment: datetime) -> int:
    """A moment as the API of Amazon CloudWatch Logs counts it."""
    return int(moment.timestamp() * 1000)
