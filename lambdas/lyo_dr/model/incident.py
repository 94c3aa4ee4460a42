"""Signals that come in, and the incident they open."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from lyo_dr.model.breach import BreachReport

Source = Literal["route53", "watcher", "integrity", "connections", "errors", "operator", "guardduty", "waf"]
WorkKind = Literal[
    "region_loss", "evacuation", "restore", "rotation", "planned_move", "repair", "re_protection", "exercise"
]
"""Work that changes the system under the lease, the most urgent first (decisions/common/precedence.py)."""
Ending = Literal["recovered", "contained", "held", "stood_down", "degraded", "failed"]


class Resumption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which failed incident is taken up again, by whom, why, and when that was asked for."""

    incident: str
    by: str
    why: str
    at: Annotated[datetime, msgspec.Meta(tz=True)]


class Signal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A hint that ``region`` may be lost. ``at`` is the time of the hint, not of its delivery."""

    kind: Literal["region", "database", "breach"]
    source: Source
    region: str
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    by: str = ""
    why: str = ""
    """Of a person's report: the reason that was given."""
    database: str = ""
    """For kind ``database``: the damaged one, and below, an operator's request; otherwise evidence decides."""
    restore_to: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    latest: bool = False
    snapshot: str | None = None
    breach: BreachReport | None = None
    """For kind ``breach``: what is suspected."""
    resumes: Resumption | None = None
    """The incident this signal once opened, which is taken up again; freshness does not apply to it."""


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """Context passed to every step of an incident: ids and timestamps, never data.

    ``region`` is where the recovery runs. ``epoch`` is the fencing token of its lease.
    ``outage_start`` is an upper bound: the outage began no later than this.
    """

    id: str
    epoch: int
    region: str
    lost_region: str
    opened_at: datetime
    outage_start: datetime
    databases: list[str]
    """Those with a replica in the other region, whose readings count in triage."""
    services: list[str]
    database: str = ""
    """The damaged database; empty when a region is lost."""
    breach: str = ""
    """The finding that opened it as a breach; empty for anything else."""
    lease_region: str = ""
    """Where the lease was taken, unless in ``region``: by work in the active region, in its standby."""
    execution: str = ""
    """The execution that works on it, where that has another name: an incident taken up again keeps its id."""


class SystemRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The active region. ``standby_region`` is None from a failover until a new standby is declared."""

    active_region: str
    standby_region: str | None
    epoch: int


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """Exclusive right to change the system. ``epoch`` is the fencing token and only grows.

    A lease without a kind was written by an earlier version: nothing takes it over.
    """

    holder: str
    epoch: int
    taken_at: datetime
    expires_at: datetime
    released: bool = False
    """Given back on purpose; one that merely expired may be renewed by its holder while nobody else took it."""
    kind: WorkKind = "region_loss"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence on an incident's timeline."""

    at: datetime
    step: str
    sentence: str
