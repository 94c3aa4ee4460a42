"""A breach: what the plan says of it, who is suspected, and what was done about it. Ids only."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import msgspec

BREACH = "breach-"
"""How the name of a breach's incident begins: a lost region may take its lease over, see decisions/common/lease.py."""


class BreachPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Like every part of the plan: frozen, and an unknown field is a fault."""


class IpSets(BreachPart, frozen=True):
    """Names of the regional IP sets that a Block rule of the web ACL refers to; one holds IPv4, the other IPv6."""

    ipv4: str
    ipv6: str | None = None


class PersonalTable(BreachPart, frozen=True):
    """A table with data of persons, and what stands in it, in the words of the draft to the authority."""

    table: str
    holds: str
    database: str | None = None


class Breach(BreachPart, frozen=True):
    """What happens when somebody is inside. ``contacts`` is the legal side; its topic is told nothing else.

    Below ``severity`` (GuardDuty counts from 1 to 10, high begins at 7) a finding is preserved and told, and nothing
    else. ``block_for`` is how long a block stands before people are asked to look at it again; a person lifts it.
    ``secrets`` and ``roles`` are what is rotated and whose older sessions end; ``isolate`` names the security groups
    of a region that are emptied.
    """

    contacts: list[str]
    severity: float = 7.0
    finding_max_age: timedelta = timedelta(days=1)
    web_acls: dict[str, str] = {}
    ip_sets: dict[str, IpSets] = {}
    alarms: dict[str, list[str]] = {}
    protected: list[str] = []
    max_addresses: int = 20
    widest_ipv4: int = 24
    widest_ipv6: int = 64
    block_for: timedelta = timedelta(days=7)
    secrets: list[str] = []
    roles: list[str] = []
    isolate: dict[str, list[str]] = {}
    personal_data: list[PersonalTable] = []


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
