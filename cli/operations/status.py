"""``lyo-dr status``: which region is active, who holds the lease, and what is running."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rich.text import Text

from cli.operations.delayed_replicas import delayed_replicas
from cli.output import print_row, say, timestamp
from cli.region_view import INCIDENT_RESPONSE, Answer, Execution, RegionView, ask, exit_code, processes
from lyo_dr.adapters.aws.dynamodb import Item
from lyo_dr.decisions.common.consent import stated_loss
from lyo_dr.decisions.keeper.deposed import must_be_fenced
from lyo_dr.model.consent import Question
from lyo_dr.model.durations import humanize
from lyo_dr.model.fence import Deposed
from lyo_dr.model.incident import Lease, SystemRecord
from lyo_dr.model.issuer import Outstanding
from lyo_dr.model.plan import Plan
from lyo_dr.model.step_record import Skip, StepFailure

_QUESTION = "QUESTION"
_KEPT = timedelta(days=30)
"""A lease that lasts longer was kept on purpose, until a person has investigated."""


@dataclass(frozen=True)
class RegionState:
    """State of one region, from its table and state machines. ``head`` is the record of the newest incident."""

    record: SystemRecord
    lease: Lease | None
    paused: str | None
    newest: Execution | None
    head: Item | None
    running: tuple[Execution, ...]
    question: Question | None = None
    fence: Deposed | None = None
    outstanding: tuple[Outstanding, ...] = ()
    delayed: tuple[str, ...] = ()
    skips: tuple[Skip, ...] = ()
    failed: tuple[StepFailure, ...] = ()


def status(plan: Plan, regions: Sequence[str]) -> int:
    """Print the state of these regions; the exit code: 2 when none of them answered, 3 when one did not."""
    answers = ask(plan, regions, read_state)
    now = datetime.now(UTC)
    for answer in answers:
        say(answer.region, "bold")
        if answer.failure:
            say("  " + answer.failure, "yellow")
        elif answer.value is not None:
            _print(answer.region, answer.value, now)
    for sentence in advice(answers):
        say(sentence)
    return exit_code(answers)


def read_state(view: RegionView) -> RegionState:
    """Read the whole state of one region; raises our errors."""
    record, lease, paused = view.store.control.record(), view.store.control.lease(), view.store.control.paused()
    newest, head = newest_incident(view)
    running = [one for process in processes() for one in view.executions(process, running=True)]
    question = _open_question(view, lease, running)
    fence = view.store.fences.deposed(record.epoch) if must_be_fenced(record, here=view.region) else None
    name = "" if newest is None or head is None else view.store.incidents.id_of(newest.name)
    delayed = tuple(delayed_replicas(view)) if record.active_region == view.region else ()
    return RegionState(
        record,
        lease,
        paused,
        newest,
        head,
        tuple(running),
        question,
        fence,
        tuple(view.store.outstanding.all()),
        delayed,
        tuple(view.store.steps.skips(name)) if name else (),
        _failed(view, name, head or {}),
    )


def _failed(view: RegionView, name: str, head: Item) -> tuple[StepFailure, ...]:
    """Steps that an incident failed at, if it did; those of an earlier execution do not count."""
    if head.get("state") != "failed":
        return ()
    found = view.store.steps.failures(name)
    return tuple(each for each in found if not each.passed and each.execution == head.get("execution"))


def _open_question(view: RegionView, lease: Lease | None, running: Sequence[Execution]) -> Question | None:
    """The first open question: of the holder of the lease, or of a running incident, such as a breach, without one."""
    names = [lease.holder] if lease is not None else []
    names += [one.name for one in running if one.process == INCIDENT_RESPONSE]
    found = [view.store.questions.read(view.store.incidents.id_of(name)) for name in dict.fromkeys(names)]
    return next((question for question in found if question is not None and question.standing == "open"), None)


def newest_incident(view: RegionView) -> tuple[Execution | None, Item | None]:
    """Find the newest execution that opened an incident, with its head; else the newest signal, and None."""
    executions = view.executions()
    for execution in executions:
        head = view.store.incidents.head(view.store.incidents.id_of(execution.name))
        if head is not None:
            return execution, head
    return (executions[0] if executions else None), None


def advice(answers: Sequence[Answer[RegionState]]) -> Iterator[str]:
    """Say which record counts when they differ, and what a missing answer does not mean."""
    states = {answer.region: answer.value for answer in answers if answer.value is not None}
    epochs = {region: state.record.epoch for region, state in states.items()}
    if len(set(epochs.values())) > 1:
        newest = max(epochs, key=lambda region: epochs[region])
        record = states[newest].record
        yield (
            f"The records differ; the higher epoch counts: {record.active_region} is active (epoch {record.epoch}, "
            f"recorded in {newest})."
        )
    if len(states) < len(answers) and states:
        yield "A region that does not answer is not necessarily lost: only an incident has enough evidence to tell."


def _print(region: str, state: RegionState, now: datetime) -> None:
    for name, sentence in _rows(region, state, now):
        print_row(Text(f"  {name:<11}  ", "bold red" if name == _QUESTION else "dim"), sentence)


def _rows(region: str, state: RegionState, now: datetime) -> list[tuple[str, str]]:
    rows = [
        ("record", _record(state.record)),
        ("lease", _lease(state.lease, now)),
        ("automation", state.paused or "on"),
        ("newest", _newest(state, now)),
        ("running", _running(state.running)),
    ]
    if state.question is not None:
        until = timestamp(state.question.expires_at)
        rows.append((_QUESTION, f"{stated_loss(state.question)} at stake, until {until}; answer it: lyo-dr questions"))
    rows += [("outstanding", _outstanding(each)) for each in state.outstanding]
    rows += [("delayed", sentence) for sentence in state.delayed]
    name = state.newest.name if state.newest is not None else ""
    rows += [("failed", _failed_step(name, each)) for each in state.failed]
    rows += [("skipped", _skipped(each)) for each in state.skips]
    if must_be_fenced(state.record, here=region):
        rows.insert(1, ("fence", _fence(state.fence)))
    return rows


def _failed_step(incident: str, each: StepFailure) -> str:
    return f"{each.step}: {each.sentence}; `lyo-dr retry {incident} {each.step}`"


def _skipped(each: Skip) -> str:
    reached = "not reached yet" if each.used_at is None else f"left out {timestamp(each.used_at.astimezone(UTC))}"
    return f"{each.step} of the newest incident, by {each.by}: {each.why} ({reached})"


def _outstanding(each: Outstanding) -> str:
    return f"{each.sentence} (since {timestamp(each.since.astimezone(UTC))}, on {each.incident})"


def _record(record: SystemRecord) -> str:
    if record.standby_region is None:
        return f"{record.active_region} is active without a standby (unprotected), epoch {record.epoch}"
    return f"{record.active_region} is active, {record.standby_region} is the standby, epoch {record.epoch}"


def _fence(fence: Deposed | None) -> str:
    """Fence of the deposed region, as the keeper of this region has recorded it."""
    if fence is None:
        return "not checked yet; the keeper does within a minute"
    if fence.confirmed_at is None:
        return f"not yet confirmed: {fence.sentence}"
    counted = "divergent rows are counted" if fence.counted_at else "divergent rows are being counted"
    return f"confirmed {timestamp(fence.confirmed_at.astimezone(UTC))}; {counted}"


def _lease(lease: Lease | None, now: datetime) -> str:
    if lease is None:
        return "never taken"
    if lease.expires_at <= now:
        return f"free; last held by {lease.holder} (epoch {lease.epoch})"
    if lease.expires_at - now > _KEPT:
        ways = f"`lyo-dr resume {lease.holder}` takes it up again, `lyo-dr release {lease.holder}` ends the lease"
        return f"kept on purpose by {lease.holder} (epoch {lease.epoch}): nothing starts until you decide; {ways}"
    return f"held by {lease.holder} (epoch {lease.epoch}), ends in {humanize(lease.expires_at - now)} unless renewed"


def _newest(state: RegionState, now: datetime) -> str:
    execution, head = state.newest, state.head
    if execution is None:
        return "no incident yet"
    began = f"began {timestamp(execution.started_at.astimezone(UTC))}, {humanize(now - execution.started_at)} ago"
    if head is None:
        return f"{execution.name}: a signal that opened no incident here ({execution.status}); {began}"
    ending = head.get("ending") or ("running" if execution.status == "RUNNING" else execution.status)
    unprotected = ", unprotected" if head.get("unprotected") else ""
    return f"{execution.name}: {str(ending).replace('_', ' ')}{unprotected}; loss of {head['lost_region']}; {began}"


def _running(running: Sequence[Execution]) -> str:
    return ", ".join(f"{one.process} {one.name}" for one in running) or "nothing"
