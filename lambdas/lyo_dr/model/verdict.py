"""Verdicts: results of decisions, each with the sentence that explains it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from lyo_dr.model.instance import UnresponsivePeriod
from lyo_dr.model.recovery_method import RecoveryMethod

Status = Literal["ready", "pending", "broken"]


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Three-valued result of every operation that takes time; the Choice states read ``status``."""

    status: Status
    sentence: str
    wait_seconds: int = 1


class SubmittedChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change of one name's record; ``id`` is empty where Route 53 has not taken it."""

    name: str
    id: str
    critical: bool = True


class SubmittedChanges(msgspec.Struct, frozen=True, kw_only=True):
    """The changes of all names whose record moves, and when they were submitted."""

    changes: list[SubmittedChange]
    submitted_at: datetime


class RecordChange(msgspec.Struct, frozen=True, kw_only=True):
    """Progress of a record change. After ``overdue`` the name itself is resolved."""

    status: Literal["ready", "pending", "again", "overdue"]
    sentence: str
    wait_seconds: int = 1


class Triage(msgspec.Struct, frozen=True, kw_only=True):
    """Finding, decision and evidence."""

    finding: Literal[
        "region_lost", "service_broken", "cut_off", "recovered", "unclear", "instance_dead", "data_damaged"
    ]
    decision: Literal["act", "look_again", "ask", "held", "stood_down"]
    sentence: str
    evidence: list[str]
    wait_seconds: int = 1
    silence: UnresponsivePeriod | None = None
    """For an instance: carried from check to check."""


class StageWithHooks(msgspec.Struct, frozen=True):
    """A stage of a failover that has hooks, and whether the plan requires one of them.

    ``promoted``: an earlier run of the incident has passed the point of no return.
    """

    stage: str
    required: bool
    promoted: bool = False


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """Open; ``ask``: approval needed; or closed, which no consent changes. One sentence per blocker.

    ``facts`` is the hash a consent is bound to, ``wait_seconds`` the time to wait for an answer.
    """

    status: Literal["open", "ask", "closed"]
    sentence: str
    blockers: list[str]
    loss_seconds: float | None
    finding: str = "region_lost"
    over_rpo: bool = False
    facts: str = ""
    wait_seconds: int = 1
    ways: list[RecoveryMethod] = []
    """Recovery method of each database, in the order of the plan."""
    hooks: dict[str, list[StageWithHooks]] = {}
    """By stage: the stage itself where it has hooks, nothing where it has none; the machine maps over it."""


class Admission(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a signal opens an incident here."""

    admission: Literal[
        "open", "busy", "duplicate", "not_ours", "out_of_date", "cooldown", "maintenance", "not_resumable"
    ]
    sentence: str
    wait_seconds: int = 1
    """For ``busy``: the signal is valid and waits for another incident to end."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How an incident ended."""

    ending: Literal["recovered", "contained", "held", "stood_down"]
    sentence: str
    reasons: list[str]


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """How an incident failed, and whether its lease stays taken on purpose."""

    ending: Literal["degraded", "failed"]
    sentence: str
    keep_lease: bool
    hooks: list[str] = []
    """The stage ``on_failure`` where the plan has hooks for it; the machine maps over it."""
