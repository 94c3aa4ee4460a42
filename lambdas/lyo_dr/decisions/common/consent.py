"""A person's consent: what exactly is asked, and whether an answer counts."""

from __future__ import annotations

import hashlib
import math
from datetime import datetime, timedelta

import msgspec

from lyo_dr.model.consent import Question
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Plan
from lyo_dr.model.verdict import Gate

UNKNOWN = "unknown"
"""The word with which a person accepts a loss nobody knows."""
_GRACE = timedelta(seconds=10)
"""The state machine waits longer than an answer is taken, so that one of the last moment still reaches it."""


class AnswerCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an answer counts. ``status`` is its HTTP status, ``sentence`` what the person and the timeline read."""

    counts: bool
    status: int
    sentence: str


def facts_hash(incident: Incident, finding: str, loss_seconds: float | None, blockers: list[str]) -> str:
    """Twelve hex digits over what a person is shown. The loss counts to a tenth of a second."""
    loss = None if loss_seconds is None else f"{loss_seconds:.1f}"
    shown = msgspec.json.encode([incident.id, incident.epoch, finding, loss, sorted(blockers)])
    return hashlib.sha256(shown).hexdigest()[:12]


def waiting(budget: timedelta) -> int:
    """Whole seconds the state machine waits for an answer."""
    return math.ceil((budget + _GRACE).total_seconds())


def frame(plan: Plan, incident: Incident, gate: Gate, evidence: list[str], now: datetime) -> Question:
    """The question, with the evidence and with what nobody can take back."""
    return Question(
        incident=incident.id,
        epoch=incident.epoch,
        facts=gate.facts,
        finding=gate.finding,
        loss_ms=None if gate.loss_seconds is None else round(gate.loss_seconds * 1000),
        over_rpo=gate.over_rpo,
        blockers=gate.blockers,
        evidence=evidence,
        irrevocable=[
            *_databases(plan, incident, gate),
            f"work that {incident.region} has not received is lost to users, and has to be merged by hand",
            f"traffic leads to {incident.region} and returns only by another failover",
        ],
        asked_at=now,
        expires_at=now + plan.budgets.consent,
    )


def _databases(plan: Plan, incident: Incident, gate: Gate) -> list[str]:
    restored = [way.database for way in gate.ways if way.way == "restore"]
    promoted = ", ".join(database.name for database in plan.databases if database.name not in restored)
    here, there = incident.region, incident.lost_region
    lines = [f"{promoted} in {here} is promoted: it never follows {there} again"] if promoted else []
    return lines + [f"{name} is restored in {here}; what only its replica holds stays there" for name in restored]


def check_answer(question: Question | None, facts: str, now: datetime) -> AnswerCheck | None:
    """None when an answer to these facts counts now, else why not."""
    if question is None:
        return _no(404, "this incident has asked nothing")
    if question.standing in ("approved", "declined"):
        return _no(409, f"the question was answered before: {question.standing} by {question.by}")
    if question.standing == "expired" or now >= question.expires_at:
        return _no(410, f"the question ended at {question.expires_at:%H:%M:%S} UTC, unanswered")
    if facts != question.facts:
        return _no(409, f"the answer is to other facts ({_short(facts)}); the question is about {question.facts}")
    return None


def check_loss_covered(question: Question, accepted: str) -> AnswerCheck | None:
    """None when the loss that is accepted covers the one that is stated, else what has to be said."""
    if not question.over_rpo:
        return None
    if question.loss_ms is None:
        return None if accepted == UNKNOWN else _no(422, f"the loss is unknown; say accept_data_loss: {UNKNOWN!r}")
    stated = timedelta(milliseconds=question.loss_ms)
    given = _duration(accepted)
    if given is None:
        return _no(422, f"up to {stated_loss(question)} would be lost; accept_data_loss has to say so (PT23M)")
    if given < stated:
        return _no(422, f"up to {stated_loss(question)} would be lost, and only {accepted} is accepted")
    return None


def stated_loss(question: Question) -> str:
    """The number, as a person is shown it."""
    if question.finding == "breach":
        return "who gets in; no work is lost"
    if question.loss_ms is None:
        return "an unknown time of work"
    seconds = question.loss_ms / 1000
    return f"{seconds:.1f} s of work" if seconds < 120 else f"{seconds / 60:.1f} min of work"


def _duration(text: str) -> timedelta | None:
    try:
        return msgspec.convert(text, timedelta)
    except (msgspec.ValidationError, OverflowError):
        return None


def _short(facts: str) -> str:
    """What somebody sent, as far as it is safe to repeat."""
    return facts if len(facts) <= 12 and facts.isalnum() and facts.isascii() else "not a hash"


def _no(status: int, sentence: str) -> AnswerCheck:
    return AnswerCheck(counts=False, status=status, sentence=sentence)
