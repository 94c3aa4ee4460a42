"""``lyo-dr start --database``: a person has a database restored, to the moment, snapshot or latest they name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
import typer

from cli.operations.start import objections, started
from cli.operations.status import RegionState, read_state
from cli.output import humanize, refuse, say, timestamp
from cli.region_view import Answer, RegionView, ask
from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.decisions.restore.recovery_point import choose_recovery_point
from lyo_dr.errors import LyoDrError
from lyo_dr.model.incident import Signal
from lyo_dr.model.plan import Database, Plan
from lyo_dr.model.restore import DatabaseEvidence, RecoveryPoint, RestoreRequest, Snapshot, Window


@dataclass(frozen=True)
class RestoreState:
    """What the active region says: its state, and what its backups hold; None where that was not read."""

    region: RegionState
    window: Window | None
    snapshots: list[Snapshot]


def restore(plan: Plan, name: str, wish: RestoreRequest, by: str, *, ask_first: bool) -> int:
    """Start an incident in the active region; 0 started, 1 not started on request. Raises typer.Exit(2)."""
    database = database_named(plan, name)
    here, state = _active(plan, database)
    if state is not None:
        refuse_impossible(wish, state)
    signal = signal_of(database.name, wish, here, by)
    for sentence in foretell(plan, database, signal, state):
        say(sentence)
    if ask_first and not typer.confirm(f"Restore database {database.name}?"):
        say("Nothing was started.")
        return 1
    signal = msgspec.structs.replace(signal, at=datetime.now(UTC))
    return started(plan, here, restore_name(signal), signal)


def wish_of(restore_to: str | None, latest: bool, snapshot: str | None) -> RestoreRequest:
    """What was typed, as a wish. Raises typer.Exit(2) for two at once, and for what is no moment."""
    given = [
        name for name, value in (("--restore-to", restore_to), ("--latest", latest), ("--snapshot", snapshot)) if value
    ]
    if len(given) > 1:
        raise refuse(f"{' and '.join(given)} exclude each other; say one, or none to let the evidence decide")
    return RestoreRequest(
        restore_to=None if restore_to is None else moment_typed(restore_to), latest=latest, snapshot=snapshot
    )


def moment_typed(text: str) -> datetime:
    """A moment with its zone, in UTC. Raises typer.Exit(2) with what would be one."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        example = f"{datetime.now(UTC) - timedelta(minutes=15):%Y-%m-%dT%H:%M:%SZ}"
        raise refuse(f"--restore-to: {text[:40]!r} is no moment; write one with its zone, such as {example}") from None
    if at.tzinfo is None:
        raise refuse(
            f"--restore-to: {text} has no time zone, so it could be any of many; if you mean UTC write "
            f"{at.isoformat(timespec='seconds')}Z"
        )
    return at.astimezone(UTC)


def database_named(plan: Plan, name: str) -> Database:
    """Raises typer.Exit(2) with the names there are."""
    names = [database.name for database in plan.databases]
    if name not in names:
        raise refuse(f"{name!r} is no database of this plan; --database names one of: {', '.join(names)}")
    return plan.database(name)


def signal_of(database: str, wish: RestoreRequest, region: str, by: str) -> Signal:
    """The signal a person's start is, the same as the runbook's."""
    return Signal(
        "database",
        "operator",
        region,
        datetime.now(UTC),
        by,
        database=database,
        restore_to=wish.restore_to,
        latest=wish.latest,
        snapshot=wish.snapshot,
    )


def restore_name(signal: Signal) -> str:
    """The incident's id."""
    return f"operator-{signal.database}-{signal.at.astimezone(UTC):%Y%m%dT%H%M%S}"


def refuse_impossible(wish: RestoreRequest, state: RestoreState) -> None:
    """The question the incident asks first, asked now; evidence may still speak against it. Raises typer.Exit(2)."""
    verdict = _verdict(wish, state)
    if verdict is not None and verdict.status == "refused":
        raise refuse(f"nothing was started: {verdict.sentence}")


def _verdict(wish: RestoreRequest, state: RestoreState) -> RecoveryPoint | None:
    """None where evidence decides, and where the backups were not read."""
    if state.window is None or wish == RestoreRequest():
        return None
    unread = DatabaseEvidence(database="", error="no result")
    now = datetime.now(UTC)
    return choose_recovery_point(
        wish, evidence=unread, runs=[], window=state.window, snapshots=state.snapshots, now=now
    )


def foretell(plan: Plan, database: Database, signal: Signal, state: RestoreState | None) -> Iterator[str]:
    """What will happen, by the plan and by what the region says now."""
    who = f"in the name of {signal.by or 'nobody'}"
    yield f"An incident for database {database.name}, {who}, worked on in {signal.region}:"
    yield f"  1. It goes back to {_where_to(signal)}; an impossible moment is refused before anything is stopped."
    yield from (f"     {line}" for line in _loss(signal, state))
    yield f"  2. {_stop(plan, database)}"
    yield "  3. It restores beside the present instance, which is kept, and asks the integrity questions of the plan."
    yield "  4. It leads the secrets there, starts the tasks anew, and asks the front door."
    if state is not None:
        yield from objections(plan, signal, restore_name(signal), signal.region, state.region)


def _where_to(signal: Signal) -> str:
    if signal.restore_to is not None:
        return timestamp(signal.restore_to)
    if signal.snapshot is not None:
        return f"snapshot {signal.snapshot}"
    return "the latest restorable time" if signal.latest else "the moment the evidence names, before the damage"


def _loss(signal: Signal, state: RestoreState | None) -> Iterator[str]:
    """What the backup does not have, for whoever decides; evidence, where it decides, says it on the timeline."""
    wish = RestoreRequest(restore_to=signal.restore_to, latest=signal.latest, snapshot=signal.snapshot)
    verdict = _verdict(wish, state) if state is not None else None
    if verdict is None or verdict.target is None or verdict.target.at is None:
        return
    lost = max(timedelta(0), signal.at - verdict.target.at)
    yield f"Work of the last {humanize(lost)} is not in it ({timestamp(verdict.target.at)})."


def _stop(plan: Plan, database: Database) -> str:
    services = ", ".join(service.name for service in plan.services)
    return {
        "nothing": f"{services} go on meanwhile.",
        "read_only": f"{services} read on meanwhile, and cannot write.",
        "zero": f"It stops {services} meanwhile.",
    }[database.restore.stop]


def _active(plan: Plan, database: Database) -> tuple[str, RestoreState | None]:
    """The active region by the newest record that can be read; its state where it answers."""

    def question(view: RegionView) -> RestoreState:
        return _read(view, database)

    answers: Sequence[Answer[RestoreState]] = ask(plan, plan.regions.pair, question)
    told = {answer.region: answer.value for answer in answers if answer.value is not None}
    if not told:
        raise refuse(f"nothing was started: {answers[0].silence}")
    active = max((state.region.record for state in told.values()), key=lambda record: record.epoch).active_region
    return active, told.get(active)


def _read(view: RegionView, database: Database) -> RestoreState:
    state, backups = read_state(view), Backups(view.region)
    try:
        instance = view.databases.instance(database.name, database.instances[view.region])
        return RestoreState(state, backups.window(instance), backups.snapshots(instance))
    except LyoDrError:
        # Who may start need not be one who may look into RDS: the incident looks for itself.
        return RestoreState(state, None, [])
