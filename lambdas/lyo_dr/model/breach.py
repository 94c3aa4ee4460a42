"""A breach: what was reported, and what was done about it. Ids only; the response is in ``plan/breach.py``."""

from __future__ import annotations

from typing import Literal

import msgspec

BREACH = "breach-"
"""How the name of a breach's incident begins: a lost region may take its lease over, see decisions/common/lease.py."""


class BreachReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What a signal says of a breach: ids, as somebody else gave them. Nothing in it chooses what is changed, but for
    the addresses, which are held against the plan before they are blocked.
    """

    finding: str
    severity: float
    what: str = ""
    principals: list[str] = []
    addresses: list[str] = []
    secrets: list[str] = []


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """How one part of the response ended: done, nothing to do, or failed, which stops no other part."""

    part: str
    status: Literal["done", "nothing", "failed"]
    sentence: str


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """What a database says of its application's users: open sessions, and the tables each may read or change."""

    database: str
    sessions: dict[str, int] = {}
    readable: dict[str, list[str]] = {}
    writable: dict[str, list[str]] = {}
    error: str | None = None
