"""A breach: what was reported, and what was done about it. Ids only; the response is in ``plan/breach.py``."""

from __future__ import annotations

from typing import Literal

import msgspec

BREACH = "breach-"
"""Prefix of a breach incident's name: a lost region may take over its lease, see decisions/common/lease.py."""


class BreachReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Untrusted content of a breach signal: ids. None of it decides what is changed, except the addresses, which are
    checked against the plan before they are blocked.
    """

    finding: str
    severity: float
    what: str = ""
    principals: list[str] = []
    addresses: list[str] = []
    resources: list[str] = []
    """Of AWS, as reported: two reports of one finding about other resources are two pieces of work."""
    secrets: list[str] = []


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """Result of one part of the response: done, nothing to do, or failed, which does not stop the others."""

    part: str
    status: Literal["done", "nothing", "failed"]
    sentence: str


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Privileges in a database: open sessions of the app's users, and the tables each may read or change."""

    database: str
    sessions: dict[str, int] = {}
    readable: dict[str, list[str]] = {}
    writable: dict[str, list[str]] = {}
    error: str | None = None
