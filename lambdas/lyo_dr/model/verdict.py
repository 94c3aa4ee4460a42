"""Verdicts: what a decision says, always with the sentence that explains it."""

from __future__ import annotations

from typing import Literal

import msgspec

from lyo_dr.model.instance import UnresponsivePeriod
from lyo_dr.model.recovery_method import RecoveryMethod

Status = Literal["ready", "pending", "broken"]


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Three-valued answer of everything that takes its time; the Choice states read ``status``."""

    status: Status
    sentence: str
    wait_seconds: int = 1


class RecordChange(msgspec.Struct, frozen=True, kw_only=True):
    """How a change of the front record goes on. After ``overdue`` the name itself is asked."""

    status: Literal["ready", "pending", "again", "overdue"]
    sentence: str
    wait_seconds: int = 1


class Triage(msgspec.Struct, frozen=True, kw_only=True):
    """What happened, what to do about it, and who said so."""

    finding: Literal[
        "region_lost", "service_broken", "cut_off", "recovered", "unclear", "instance_dead", "data_damaged"
    ]
    decision: Literal["act", "look_again", "ask", "held", "stood_down"]
    sentence: str
    evidence: list[str]
    wait_seconds: int = 1
    silence: UnresponsivePeriod | None = None
    """Of an instance: carried from look to look."""


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """Open; or ``ask``: a person may consent; or closed, which no consent changes. One sentence per blocker.

    ``facts`` is the hash a person's consent is bound to, ``wait_seconds`` how long an answer is waited for.
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
    """How each database comes back, in the order of the plan."""


class Admission(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a signal opens an incident here."""

    admission: Literal["open", "busy", "duplicate", "not_ours", "out_of_date", "cooldown", "maintenance"]
    sentence: str
    wait_seconds: int = 1
    """For ``busy``: the signal is good, and waits for an incident about something else."""


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
