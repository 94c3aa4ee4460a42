"""A breach: the plan's section, the suspects, and the results of the response. Ids only."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import msgspec

BREACH = "breach-"
"""Prefix of a breach incident's name: a lost region may take over its lease, see decisions/common/lease.py."""


class BreachPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of the plan's breach sections: frozen, unknown fields are an error."""


class IpSets(BreachPart, frozen=True):
    """Names of the regional IP sets that a Block rule of the web ACL refers to; one holds IPv4, the other IPv6."""

    ipv4: str
    ipv6: str | None = None


class PersonalTable(BreachPart, frozen=True):
    """A table with personal data, and its content as described in the draft to the authority."""

    table: str
    holds: str
    database: str | None = None


class Breach(BreachPart, frozen=True):
    """Response to a breach. ``contacts`` are legal; their topic receives nothing else.

    Below ``severity`` (GuardDuty: 1 to 10, high starts at 7) evidence of a finding is preserved and people are
    notified, nothing else. ``block_for`` is the time until a block is due for review; a person lifts it. ``secrets``
    are rotated, older sessions of ``roles`` are ended; ``isolate`` names the security groups of a region that are
    emptied.
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
    """Untrusted content of a breach signal: ids. None of it decides what is changed, except the addresses, which are
    checked against the plan before they are blocked.
    """

    finding: str
    severity: float
    what: str = ""
    principals: list[str] = []
    addresses: list[str] = []
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
