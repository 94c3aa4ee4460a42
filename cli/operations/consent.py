"""``lyo-dr questions``, ``approve`` and ``decline``: a question with all it takes to answer it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cli.operator_api import OperatorApiUnreachable, print_reply, send_command
from cli.output import confirm, paste, prompt, refuse, say, timestamp
from cli.region_view import Answer, RegionView, ask, exit_code, failures
from lyo_dr.decisions.common.consent import UNKNOWN, stated_loss
from lyo_dr.errors import LyoDrError
from lyo_dr.model.consent import Question
from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Plan


@dataclass(frozen=True)
class OpenQuestion:
    """An open question, and the region that asks it."""

    region: str
    question: Question


def approve(plan: Plan, incident: str, facts: str | None, accept: str | None, *, yes: bool) -> int:
    """Show the question, ask for confirmation, and approve; 0 approved, 1 refused or not. Raises typer.Exit(2)."""
    asked = _find(plan, incident)
    question = asked.question
    show(question, datetime.now(UTC))
    if facts is not None and facts != question.facts:
        raise refuse(f"--facts is {facts}, but the question is about {question.facts}; check it again")
    if yes and facts is None:
        raise refuse("--yes needs --facts: the hash shows that you have seen what you approve")
    accepted = accept if accept is not None else _accept_at_the_prompt(question, yes)
    if not yes and not confirm(f"Do you approve {question.facts}?"):
        say("Not approved; the question stays open.")
        return 1
    return _send(plan, asked, action="approve", accept_data_loss=accepted)


def decline(plan: Plan, incident: str, why: str) -> int:
    """Decline the question of an incident; the exit code. Raises typer.Exit(2)."""
    return _send(plan, _find(plan, incident), action="decline", why=why)


def _send(plan: Plan, asked: OpenQuestion, **fields: str) -> int:
    question = asked.question
    try:
        return print_reply(send_command(plan, asked.region, incident=question.incident, facts=question.facts, **fields))
    except OperatorApiUnreachable as closed:
        raise refuse(str(closed)) from None


def questions(plan: Plan, regions: tuple[str, ...]) -> int:
    """Show every open question; 0 also when there is none, 3 when a region is silent. Raises typer.Exit(2)."""
    # An incident in the active region holds the lease of its standby, and asks in its own region; a breach holds none.
    leases = ask(plan, plan.regions.pair, _at_work)
    _unless_silent(leases)
    holders = {name for answer in leases for name in answer.value or ()}
    answers = ask(plan, regions, lambda view: open_questions(view, holders))
    _unless_silent(answers)
    found = [question for answer in answers for question in answer.value or []]
    now = datetime.now(UTC)
    for question in found:
        show(question, now)
    for failure in dict.fromkeys([*failures(leases), *failures(answers)]):
        say(failure, "yellow")
    silent = max(exit_code(leases), exit_code(answers))
    if not found:
        say("No open questions." if not silent else "No open questions in the region that answers.")
    return silent


def _unless_silent(answers: Sequence[Answer[Any]]) -> None:
    """No answer at all is not the answer that there is no question."""
    if all(answer.failure for answer in answers):
        raise refuse("whether a question is open is not known", *failures(answers))


def _at_work(view: RegionView) -> set[str]:
    """Incidents that may have a question: the holder of the lease, and whatever runs."""
    lease = view.store.control.lease()
    holder = {lease.holder} if lease is not None else set()
    try:
        return holder | {view.store.incidents.id_of(one.name) for one in view.executions(running=True)}
    except LyoDrError:
        return holder


def open_questions(view: RegionView, holders: set[str]) -> list[Question]:
    """Read the open questions of these incidents in a region."""
    found = [view.store.questions.read(holder) for holder in sorted(holders)]
    return [question for question in found if question is not None and question.standing == "open"]


def show(question: Question, now: datetime) -> None:
    """Print a question, and the commands that answer it."""
    for sentence in _lines(question, now):
        say(sentence)
    accept = f" --accept-data-loss {wanted(question)}" if question.over_rpo else ""
    paste(f"  lyo-dr approve {question.incident} --facts {question.facts}{accept}")
    paste(f"  lyo-dr decline {question.incident} --why '...'")


def _lines(question: Question, now: datetime) -> Iterator[str]:
    """The loss at stake, the blockers, the evidence, and what is irreversible."""
    left = humanize(max(timedelta(), question.expires_at - now))
    yield f"{question.incident} asks, until {timestamp(question.expires_at)} ({left} left):"
    yield f"  At stake: {stated_loss(question)}."
    for title, lines in (
        ("Why approval is needed", question.blockers),
        ("Evidence", question.evidence),
        ("Irreversible", question.irrevocable),
    ):
        yield f"  {title}:"
        yield from (f"    - {line}" for line in lines)


def wanted(question: Question) -> str:
    """Value of --accept-data-loss that covers the loss."""
    return UNKNOWN if question.loss_ms is None else f"PT{-(-question.loss_ms // 1000)}S"


def _accept_at_the_prompt(question: Question, yes: bool) -> str:
    """Have a loss over the RPO typed: a yes is given too easily."""
    if not question.over_rpo or yes:
        return ""
    return prompt(f"Type the loss you accept ({wanted(question)} covers it)")


def _find(plan: Plan, incident: str) -> OpenQuestion:
    """Find the question of an incident: the newest, should both regions have one."""
    answers = ask(plan, plan.regions.pair, lambda view: view.store.questions.read(incident))
    found = [OpenQuestion(answer.region, answer.value) for answer in answers if answer.value is not None]
    if found:
        return max(found, key=lambda asked: asked.question.asked_at)
    if missing := failures(answers):
        raise refuse(f"whether {incident} has an open question is not known", *missing)
    raise refuse(f"{incident} has no open question; `lyo-dr questions` shows those there are")
