"""Consent of a person: the exact question, and whether an answer is valid."""

from __future__ import annotations

import hashlib
import math
from datetime import datetime, timedelta

import msgspec

from lyo_dr.model.consent import Question, Standing
from lyo_dr.model.durations import humanize
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Plan
from lyo_dr.model.verdict import Gate

UNKNOWN = "unknown"
"""Value of ``accept_data_loss`` that accepts an unknown loss."""
_GRACE = timedelta(seconds=10)
"""The state machine waits longer than answers are accepted, so that a last-second answer still reaches it."""


class AnswerCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an answer is valid, with its HTTP status and the sentence for the person and the timeline."""

    counts: bool
    status: int
    sentence: str


def facts_hash(incident: Incident, finding: str, loss_seconds: float | None, blockers: list[str]) -> str:
    """Hash (twelve hex digits) of the facts shown to a person. The loss counts to a tenth of a second.

    Not the epoch: an incident taken up again has another one, and a consent to the very same facts stays valid.
    """
    loss = None if loss_seconds is None else f"{loss_seconds:.1f}"
    shown = msgspec.json.encode([incident.id, finding, loss, sorted(blockers)])
    return hashlib.sha256(shown).hexdigest()[:12]


def waiting(budget: timedelta) -> int:
    """Whole seconds for which the state machine waits for an answer."""
    return math.ceil((budget + _GRACE).total_seconds())


def frame(plan: Plan, incident: Incident, gate: Gate, evidence: list[str], now: datetime) -> Question:
    """Build the question, with the evidence and the irreversible consequences."""
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
            f"work that {incident.region} has not received is lost to users and has to be merged manually",
            f"traffic moves to {incident.region} and only another failover moves it back",
        ],
        asked_at=now,
        expires_at=now + plan.budgets.consent,
    )


def _databases(plan: Plan, incident: Incident, gate: Gate) -> list[str]:
    restored = [way.database for way in gate.ways if way.way == "restore"]
    here, there = incident.region, incident.lost_region
    recovered = plan.recovered()
    promoted = ", ".join(database.name for database in recovered if database.name not in restored)
    lines = [f"{promoted} in {here} is promoted and never replicates from {there} again"] if promoted else []
    for name in restored:
        only = "its replica holds" if plan.database(name).has_replica else f"{there} holds"
        lines.append(f"{name} is restored in {here}; rows that only {only} stay there")
    return lines + [f"{database.name} is left in {there} and not recovered" for database in plan.left_by(here)]


def check_answer(question: Question | None, facts: str, now: datetime) -> AnswerCheck | None:
    """None if an answer to these facts is valid now, else the reason."""
    if question is None:
        return _no(404, "this incident has no open question")
    if question.standing in ("approved", "declined"):
        return _no(409, f"the question was already answered: {question.standing} by {question.by}")
    if question.standing == "expired" or now >= question.expires_at:
        return _no(410, f"the question expired unanswered at {question.expires_at:%H:%M:%S} UTC")
    if facts != question.facts:
        return _no(409, f"the answer is for other facts ({_short(facts)}); the question is about {question.facts}")
    return None


STANDING: dict[str, Standing] = {"approve": "approved", "decline": "declined"}
"""What each command makes of an open question."""


def is_repeated(question: Question, action: str, facts: str, accepted: str, by: str) -> bool:
    """Whether this is the answer on record, given again by the person who gave it; the reason may be another."""
    on_record = (question.standing, question.facts, question.accepted, question.by)
    return on_record == (STANDING[action], facts, accepted, by)


def check_loss_covered(question: Question, accepted: str) -> AnswerCheck | None:
    """None if the accepted loss covers the stated one, else what to send instead."""
    if not question.over_rpo:
        return None
    if question.loss_ms is None:
        return None if accepted == UNKNOWN else _no(422, f"the loss is unknown; say accept_data_loss: {UNKNOWN!r}")
    stated = timedelta(milliseconds=question.loss_ms)
    given = _duration(accepted)
    if given is None:
        return _no(422, f"up to {stated_loss(question)} would be lost; accept_data_loss must cover that (e.g. PT23M)")
    if given < stated:
        return _no(422, f"up to {stated_loss(question)} would be lost, but only {accepted} is accepted")
    return None


def stated_loss(question: Question) -> str:
    """The loss as shown to a person."""
    if question.finding == "breach":
        return "access; no work is lost"
    if question.loss_ms is None:
        return "an unknown amount of work"
    return f"{humanize(question.loss_ms / 1000)} of work"


def _duration(text: str) -> timedelta | None:
    try:
        return msgspec.convert(text, timedelta)
    except (msgspec.ValidationError, OverflowError):
        return None


def _short(facts: str) -> str:
    """Untrusted input, as far as it is safe to repeat."""
    return facts if len(facts) <= 12 and facts.isalnum() and facts.isascii() else "not a hash"


def _no(status: int, sentence: str) -> AnswerCheck:
    return AnswerCheck(counts=False, status=status, sentence=sentence)
