"""Evidence of a breach: the suspects, and the entries of a manifest; its part of the plan is ``plan/breach.py``."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec


class Suspects(msgspec.Struct, frozen=True, kw_only=True):
    """Suspects of a breach: ARNs of principals, address blocks, names of secrets. Never a value."""

    principals: list[str] = []
    addresses: list[str] = []
    secrets: list[str] = []


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One preserved item, or a ``gap``: why it was not preserved.

    ``file`` is its path below the manifest, ``version`` its version in the bucket, ``sha256`` and ``size`` those of
    its bytes. ``reference`` names an item kept by AWS itself, such as a snapshot.
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
    """Summary of a manifest: files, gaps, and the hash of its last line, the ``head``.

    An entry may be neither: an hour without log events.
    """

    preserved: int
    gaps: int
    head: str
    sentence: str


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one branch of the machine; ``error`` and ``cause`` if its steps could not run at all."""

    part: str
    error: str = ""
    cause: str = ""


Line = dict[str, Any]
"""One line of a manifest as read back; untrusted until verified."""


class Slice(msgspec.Struct, frozen=True, kw_only=True):
    """Time range of one log group, both ends included, in milliseconds as in the API of Amazon CloudWatch Logs."""

    group: str
    begins: int
    ends: int


class Lookup(msgspec.Struct, frozen=True, kw_only=True):
    """One lookup in the event history of AWS CloudTrail, which takes one attribute at a time."""

    attribute: str
    value: str


class WebAcl(msgspec.Struct, frozen=True, kw_only=True):
    """A web ACL of one region: its API wants all three."""

    arn: str
    name: str
    id: str


class Copying(msgspec.Struct, frozen=True, kw_only=True):
    """Progress of copying; the Choice state reads ``status``."""

    status: Literal["ready", "pending"]
    sentence: str
    wait_seconds: int = 1


def milliseconds(moment: datetime) -> int:
    """Timestamp in milliseconds, as in the API of Amazon CloudWatch Logs."""
    return int(moment.timestamp() * 1000)
