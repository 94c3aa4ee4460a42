"""``lyo-dr approve`` and ``decline``: the question with everything it takes to answer it, and the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import typer

from cli.operator_api import DoorClosed, order, report
from cli.output import refuse, say, timestamp
from cli.region_view import RegionView, ask
from lyo_dr.decisions.common.consent import UNKNOWN, stated_loss
from lyo_dr.model.consent import Question
from lyo_dr.model.plan import Plan


@dataclass(frozen=True)
class Asked:
    """A question, and the region that asks it."""

    region: str
    question: Question


def approve(plan: Plan, incident: str, facts: str | None, accept: str | None, *, yes: bool) -> int:
    """Show the question, ask, and answer it; 0 taken, 1 refused or not given. Raises typer.Exit(2)."""
    asked = _find(plan, incident)
    question = asked.question
    for sentence in shown(question, datetime.now(UTC)):
        say(sentence)
    if facts is not None and facts != question.facts:
        raise refuse(f"you name the facts {facts}, and the question is about {question.facts}; look again")
    if yes and facts is None:
        raise refuse("--yes needs --facts: what nobody has looked at cannot be consented to")
    accepted = accept if accept is not None else _accept_at_the_prompt(question, yes)
    if not yes and not typer.confirm(f"Do you consent to {question.facts}?"):
        say("Nothing was answered; the question stays open.")
        return 1
    return _order(plan, asked, action="approve", accept_data_loss=accepted)


def decline(plan: Plan, incident: str, why: str) -> int:
    """Say no. Raises typer.Exit(2)."""
    return _order(plan, _find(plan, incident), action="decline", why=why)


def _order(plan: Plan, asked: Asked, **fields: str) -> int:
    question = asked.question
    try:
        return report(order(plan, asked.region, incident=question.incident, facts=question.facts, **fields))
    except DoorClosed as closed:
        raise refuse(str(closed)) from None


def questions(plan: Plan, regions: tuple[str, ...]) -> int:
    """Every question that waits for an answer; 0 also when there is none. Raises typer.Exit(2)."""
    # Work inside the active region holds the lease of its stand-by, and asks in its own.
    leases = ask(plan, plan.regions.pair, lambda view: view.system.lease())
    holders = {answer.value.holder for answer in leases if answer.value is not None}
    answers = ask(plan, regions, lambda view: open_questions(view, holders))
    if all(answer.silence for answer in answers):
        raise refuse(answers[0].silence or "no region answered")
    found = [question for answer in answers for question in answer.value or []]
    now = datetime.now(UTC)
    for sentence in [line for question in found for line in shown(question, now)]:
        say(sentence)
    for silence in filter(None, (answer.silence for answer in answers)):
        say(silence, "yellow")
    if not found:
        say("Nobody is asked anything.")
    return 0


def open_questions(view: RegionView, holders: set[str]) -> list[Question]:
    """The questions these incidents ask in a region, while they are open."""
    found = [view.questions.read(holder) for holder in sorted(holders)]
    return [question for question in found if question is not None and question.standing == "open"]


def shown(question: Question, now: datetime) -> Iterator[str]:
    """The number, the reasons, the evidence, what nobody can take back, and how to answer."""
    left = max(0.0, (question.expires_at - now).total_seconds())
    yield f"{question.incident} asks, until {timestamp(question.expires_at)} ({left / 60:.0f} min left):"
    yield f"  At stake: {stated_loss(question)}."
    for title, lines in (
        ("Why you are asked", question.blockers),
        ("What was seen", question.evidence),
        ("What nobody can take back", question.irrevocable),
    ):
        yield f"  {title}:"
        yield from (f"    - {line}" for line in lines)
    accept = f" --accept-data-loss {wanted(question)}" if question.over_rpo else ""
    yield f"  lyo-dr approve {question.incident} --facts {question.facts}{accept}"
    yield f"  lyo-dr decline {question.incident} --why '...'"


def wanted(question: Question) -> str:
    """What covers the loss, as it is typed."""
    return UNKNOWN if question.loss_ms is None else f"PT{-(-question.loss_ms // 1000)}S"


def _accept_at_the_prompt(question: Question, yes: bool) -> str:
    """The loss is typed, not nodded through."""
    if not question.over_rpo or yes:
        return ""
    prompt = f"Type the loss you accept ({wanted(question)} covers it)"
    return str(typer.prompt(prompt))


def _find(plan: Plan, incident: str) -> Asked:
    """The question in the region that asks it: the newest, should both know one."""
    answers = ask(plan, plan.regions.pair, lambda view: view.questions.read(incident))
    found = [Asked(answer.region, answer.value) for answer in answers if answer.value is not None]
    if found:
        return max(found, key=lambda asked: asked.question.asked_at)
    for answer in answers:
        if answer.silence:
            say(answer.silence, "yellow")
    raise refuse(f"{incident} asks nothing; `lyo-dr questions` shows what is asked")
