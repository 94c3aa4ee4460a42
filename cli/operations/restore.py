"""``lyo-dr start --database``: start a restore to a point in time, a snapshot or the latest restorable time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec

from cli.identity import caller_name
from cli.operations.start import objections, started
from cli.operations.status import RegionState, read_state
from cli.output import confirm, refuse, say, timestamp
from cli.region_view import Answer, RegionView, ask, failures
from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.decisions.restore.recovery_point import choose_recovery_point
from lyo_dr.errors import LyoDrError
from lyo_dr.model.durations import humanize
from lyo_dr.model.incident import Signal
from lyo_dr.model.plan import Database, Plan
from lyo_dr.model.restore import DatabaseEvidence, RecoveryPoint, RestoreRequest, Snapshot, Window


@dataclass(frozen=True)
class RestoreState:
    """State of the active region, and what its backups hold; None where that was not read."""

    region: RegionState
    window: Window | None
    snapshots: list[Snapshot]


def restore(plan: Plan, name: str, request: RestoreRequest, by: str | None, why: str = "", *, ask_first: bool) -> int:
    """Start an incident in the active region; 0 started, 1 not confirmed. Raises typer.Exit(2)."""
    database = database_named(plan, name)
    here, state = _active(plan, database)
    if state is not None:
        refuse_impossible(request, state)
    signal = signal_of(database.name, request, here, caller_name(here, by), why)
    for sentence in preview(plan, database, signal, state):
        say(sentence)
    if ask_first and not confirm(f"Restore database {database.name}?"):
        say("Nothing was started.")
        return 1
    signal = msgspec.structs.replace(signal, at=datetime.now(UTC))
    return started(plan, here, restore_name(signal), signal)


def restore_request(restore_to: str | None, latest: bool, snapshot: str | None) -> RestoreRequest:
    """Parse the options. Raises typer.Exit(2) for two at once, and for an invalid time."""
    given = [
        name for name, value in (("--restore-to", restore_to), ("--latest", latest), ("--snapshot", snapshot)) if value
    ]
    if len(given) > 1:
        raise refuse(f"{' and '.join(given)} cannot be combined; use one, or none to let the evidence decide")
    return RestoreRequest(
        restore_to=None if restore_to is None else parse_time(restore_to), latest=latest, snapshot=snapshot
    )


def parse_time(text: str) -> datetime:
    """Parse a time with its zone, in UTC. Raises typer.Exit(2) with an example."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        example = f"{datetime.now(UTC) - timedelta(minutes=15):%Y-%m-%dT%H:%M:%SZ}"
        raise refuse(
            f"--restore-to: not a date and time: {text[:40]!r}; write one with its zone, such as {example}"
        ) from None
    if at.tzinfo is None:
        raise refuse(
            f"--restore-to: {text} has no time zone; if you mean UTC, write {at.isoformat(timespec='seconds')}Z"
        )
    return at.astimezone(UTC)


def database_named(plan: Plan, name: str) -> Database:
    """Find a database of the plan. Raises typer.Exit(2) with the names there are."""
    names = [database.name for database in plan.databases]
    if name not in names:
        raise refuse(f"{name!r} is not a database in this plan; choose {' or '.join(names)}")
    return plan.database(name)


def signal_of(database: str, request: RestoreRequest, region: str, by: str, why: str = "") -> Signal:
    """Signal that starts the incident, the same as in the runbook."""
    return Signal(
        "database",
        "operator",
        region,
        datetime.now(UTC),
        by,
        why,
        database=database,
        restore_to=request.restore_to,
        latest=request.latest,
        snapshot=request.snapshot,
    )


def restore_name(signal: Signal) -> str:
    """Id of the incident."""
    return f"operator-{signal.database}-{signal.at.astimezone(UTC):%Y%m%dT%H%M%S}"


def refuse_impossible(request: RestoreRequest, state: RestoreState) -> None:
    """Make the first check of the incident now; evidence may still speak against it. Raises typer.Exit(2)."""
    verdict = _verdict(request, state)
    if verdict is not None and verdict.status == "refused":
        raise refuse(f"nothing was started: {verdict.sentence}")


def _verdict(request: RestoreRequest, state: RestoreState) -> RecoveryPoint | None:
    """Choose the recovery point; None where evidence decides, and where the backups were not read."""
    if state.window is None or request == RestoreRequest():
        return None
    unread = DatabaseEvidence(database="", error="no result")
    now = datetime.now(UTC)
    return choose_recovery_point(
        request, evidence=unread, runs=[], window=state.window, snapshots=state.snapshots, now=now
    )


def preview(plan: Plan, database: Database, signal: Signal, state: RestoreState | None) -> Iterator[str]:
    """Say what will happen, by the plan and the state of the region."""
    who = f"started by {signal.by or 'an unnamed user'}"
    yield f"An incident for database {database.name}, {who}, handled in {signal.region}:"
    yield f"  1. It restores to {_where_to(signal)}; an impossible time is refused before anything is stopped."
    yield from (f"     {line}" for line in _loss(signal, state))
    yield f"  2. {_stop(plan, database)}"
    yield "  3. It restores to a new instance, keeps the present one, and runs the integrity checks of the plan."
    yield "  4. It points the secrets to it, replaces the tasks, and checks the public endpoints."
    if state is not None:
        yield from objections(plan, signal, restore_name(signal), signal.region, state.region)


def _where_to(signal: Signal) -> str:
    if signal.restore_to is not None:
        return timestamp(signal.restore_to)
    if signal.snapshot is not None:
        return f"snapshot {signal.snapshot}"
    return "the latest restorable time" if signal.latest else "the recovery point before the damage, by the evidence"


def _loss(signal: Signal, state: RestoreState | None) -> Iterator[str]:
    """Say what the backup does not have; where evidence decides, the timeline says it."""
    request = RestoreRequest(restore_to=signal.restore_to, latest=signal.latest, snapshot=signal.snapshot)
    verdict = _verdict(request, state) if state is not None else None
    if verdict is None or verdict.target is None or verdict.target.at is None:
        return
    lost = max(timedelta(0), signal.at - verdict.target.at)
    yield f"Work of the last {humanize(lost)} is not in it ({timestamp(verdict.target.at)})."


def _stop(plan: Plan, database: Database) -> str:
    services = ", ".join(service.name for service in plan.services)
    return {
        "nothing": f"{services}: not stopped meanwhile.",
        "read_only": f"Meanwhile {services} can read, and cannot write.",
        "zero": f"It stops {services} meanwhile.",
    }[database.restore.stop]


def _active(plan: Plan, database: Database) -> tuple[str, RestoreState | None]:
    """Find the active region by the newest record that can be read; its state where it answers."""

    def question(view: RegionView) -> RestoreState:
        return _read(view, database)

    answers: Sequence[Answer[RestoreState]] = ask(plan, plan.regions.pair, question)
    states = {answer.region: answer.value for answer in answers if answer.value is not None}
    if not states:
        first, *more = failures(answers)
        raise refuse(f"nothing was started: {first}", *more)
    active = max((state.region.record for state in states.values()), key=lambda record: record.epoch).active_region
    return active, states.get(active)


def _read(view: RegionView, database: Database) -> RestoreState:
    state, backups = read_state(view), Backups(view.region)
    try:
        instance = view.store.databases.instance(database.name, database.instance_in(view.region))
        return RestoreState(state, backups.window(instance), backups.snapshots(instance))
    except LyoDrError:
        # Permission to start an incident does not imply permission to read RDS: the incident checks for itself.
        return RestoreState(state, None, [])
