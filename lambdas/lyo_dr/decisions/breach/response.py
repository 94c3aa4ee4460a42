"""Response to a breach: preserve and notify only, ask for approval, or act; and how it ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from lyo_dr.decisions.breach.blocking import choose_addresses
from lyo_dr.decisions.common.consent import facts_hash, waiting
from lyo_dr.decisions.common.outcome import innermost
from lyo_dr.decisions.common.outstanding import names_of
from lyo_dr.errors import BadSignal
from lyo_dr.model.breach import BreachReport, Part
from lyo_dr.model.consent import Consent, Question
from lyo_dr.model.evidence import Suspects
from lyo_dr.model.incident import Incident, Signal
from lyo_dr.model.issuer import KeyName
from lyo_dr.model.plan import Breach, Plan
from lyo_dr.model.verdict import Gate, Outcome

GDPR = timedelta(hours=72)
"""From becoming aware of a breach of personal data to its notification (GDPR, article 33)."""


class BreachDecision(msgspec.Struct, frozen=True, kw_only=True):
    """The response. ``observe``: preserve and notify; ``ask``: the rest needs approval; ``act``: everything."""

    status: Literal["observe", "ask", "act"]
    sentence: str
    deadline: datetime
    suspects: Suspects
    block: list[str]
    refused: list[str]
    rotate: list[str]
    keys: list[KeyName]
    rotates: bool
    outstanding: list[str]
    """Secrets that were reported and are not in the plan."""
    by_hand: list[KeyName] = []
    """Keys of the planned and the reported secrets that nothing replaces."""
    evidence: list[str]
    gate: Gate


def breach_of(plan: Plan) -> Breach:
    """The plan's section ``breach``. Raises BadSignal without one."""
    if plan.breach is None:
        raise BadSignal("the plan has no section breach; add one, see docs/runbooks/breach.md")
    return plan.breach


def hint_of(signal: Signal) -> BreachReport:
    """The report of the signal. Raises BadSignal if there is none."""
    if signal.breach is None:
        raise BadSignal("a breach signal has to say what is suspected; use `lyo-dr breach report`")
    return signal.breach


def deadline_of(signal: Signal, opened_at: datetime) -> datetime:
    """72 hours from becoming aware: from the signal's own time if that is earlier."""
    return min(signal.at, opened_at) + GDPR


def judge_breach(plan: Plan, incident: Incident, signal: Signal, consent: Consent | None) -> BreachDecision:
    """Decide by severity, policy and consent. The content of a finding never extends rotation beyond the plan."""
    breach, hint = breach_of(plan), hint_of(signal)
    grave = hint.severity >= breach.severity
    chosen, refused = choose_addresses(plan, breach, hint.addresses)
    wanted = list(dict.fromkeys([*breach.secrets, *hint.secrets]))
    possible = set(plan.renewable())
    rotate = [name for name in wanted if name in possible]
    keys = [name for name in plan.issued() if name.secret in wanted]
    by_hand = [name for name in plan.by_hand() if name.secret in wanted]
    outstanding = [name for name in wanted if name not in {secret.name for secret in plan.secrets}]
    blockers = [] if not grave or plan.policy.breach == "automatic" else [_question(breach, rotate, keys)]
    facts = facts_hash(incident, "breach", 0.0, [*blockers, *chosen])
    agreed = consent is not None and consent.facts == facts
    status: Literal["observe", "ask", "act"] = "act" if grave else "observe"
    if blockers and not agreed:
        status = "ask"
    return BreachDecision(
        status=status,
        sentence=_sentence(status, hint, breach, consent if agreed else None),
        deadline=deadline_of(signal, incident.opened_at),
        suspects=Suspects(principals=hint.principals, addresses=hint.addresses, secrets=hint.secrets),
        block=chosen if grave else [],
        refused=refused,
        rotate=rotate,
        keys=keys,
        rotates=bool(rotate or keys),
        outstanding=outstanding,
        by_hand=by_hand,
        evidence=_evidence(hint, chosen if grave else [], refused, outstanding, by_hand),
        gate=Gate(
            status="open" if status == "act" else "ask" if status == "ask" else "closed",
            sentence=_sentence(status, hint, breach, None),
            blockers=blockers,
            loss_seconds=0.0,
            finding="breach",
            facts=facts,
            wait_seconds=waiting(plan.budgets.consent),
        ),
    )


def frame_breach(plan: Plan, incident: Incident, gate: Gate, evidence: list[str], now: datetime) -> Question:
    """The question to a person: whether to rotate the plan's secrets and end sessions of its roles."""
    breach = breach_of(plan)
    irrevocable = ["the current logins are refused afterwards, wherever else they are stored"]
    if breach.roles:
        irrevocable.append(f"sessions of {', '.join(breach.roles)} that started earlier are refused")
    return Question(
        incident=incident.id,
        epoch=incident.epoch,
        facts=gate.facts,
        finding="breach",
        loss_ms=0,
        over_rpo=False,
        blockers=gate.blockers,
        evidence=evidence,
        irrevocable=irrevocable,
        asked_at=now,
        expires_at=now + plan.budgets.consent,
    )


def parts_of(so_far: dict[str, Any]) -> list[Part]:
    """Result of each part, from the state of the machine. A part without a result did not run."""
    found = [*so_far.get("at_once", []), *so_far.get("contained", [])]
    found += [so_far[name] for name in ("rotation", "proof", "assessment") if name in so_far]
    return [_part(part) for part in found]


def conclude(course: BreachDecision, consent: dict[str, Any] | None, parts: list[Part]) -> Outcome | str:
    """Outcome of the breach, or the sentence of a failure if a required part was not done."""
    failed = [f"{part.part}: {part.sentence}" for part in parts if part.status == "failed"]
    if failed:
        return "Parts of the breach response failed, the rest was done: " + "; ".join(failed)
    reasons = [part.sentence for part in parts if part.status == "done"] + course.refused
    reasons += [f"{name} has to be replaced by a person at its issuer" for name in course.outstanding]
    if acted(course, consent):
        reasons += [f"{name} is outstanding: nothing rotates it" for name in course.by_hand]
    if course.status == "observe":
        return Outcome(ending="stood_down", sentence=course.sentence, reasons=reasons)
    if consent is not None and consent.get("answer") != "approved":
        held = f"The breach is held: {consent.get('sentence', 'no answer')}; blocked addresses stay blocked"
        return Outcome(ending="held", sentence=held, reasons=reasons)
    sentence = (
        f"The breach is contained{_except(course)}: the planned secrets were rotated, and the old ones were tested and "
        "are refused"
    )
    if course.keys:
        sentence += f"; new keys were requested from their issuers ({', '.join(map(str, course.keys))})"
    return Outcome(ending="contained", sentence=sentence, reasons=reasons)


def acted(course: BreachDecision, consent: dict[str, Any] | None) -> bool:
    """Whether the response went beyond preserving, notifying and blocking."""
    return course.status != "observe" and (consent is None or consent.get("answer") == "approved")


def _except(course: BreachDecision) -> str:
    open_ones = [*([names_of(course.by_hand)] if course.by_hand else []), *course.outstanding]
    return f" except for {'; '.join(open_ones)}, which a person has to replace" if open_ones else ""


def _part(raw: dict[str, Any]) -> Part:
    """Read a part from the state of the machine: a failed part carries the error of its state."""
    if "error" in raw:
        name, cause = innermost(raw["error"])
        return Part(part=raw["part"], status="failed", sentence=f"{name}: {cause}" if cause else name)
    return msgspec.convert(raw, Part)


def _question(breach: Breach, rotate: list[str], keys: list[KeyName]) -> str:
    sessions = f", end older sessions of {', '.join(breach.roles)}" if breach.roles else ""
    isolated = ", isolate what the plan names" if breach.isolate else ""
    asked = f", ask for a new {', '.join(map(str, keys))}" if keys else ""
    what = f"rotate {', '.join(rotate) or 'nothing'}{asked}{sessions}{isolated}"
    return f"policy.breach is approve: approval needed to {what}"


def _sentence(status: str, hint: BreachReport, breach: Breach, consent: Consent | None) -> str:
    what = f"{hint.what or 'A breach'} of severity {hint.severity:g}"
    if status == "observe":
        return (
            f"{what} is below {breach.severity:g}: evidence preserved and people notified, nothing blocked or rotated"
        )
    if status == "ask":
        return f"{what}: evidence preserved, people notified, addresses blocked; approval needed for the rest"
    by = f"{consent.by} approved {consent.facts}" if consent else "the plan sets policy.breach: automatic"
    return f"{what}: containing and rotating now, {by}"


def _evidence(
    hint: BreachReport, chosen: list[str], refused: list[str], outstanding: list[str], by_hand: list[KeyName]
) -> list[str]:
    lines = [f"finding {hint.finding}, severity {hint.severity:g}"]
    for name, found in (("principals", hint.principals), ("secrets", hint.secrets), ("blocked", chosen)):
        lines += [f"{name}: {', '.join(found)}"] if found else []
    lines += [*refused, *[f"{name} can only be replaced at its issuer" for name in outstanding]]
    return [*lines, *([f"nothing rotates {names_of(by_hand)}: a person has to replace it"] if by_hand else [])]
