"""``lyo-dr start``: a person says that a region is lost. The incident looks for itself before it acts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import typer

from cli.aws_errors import explain
from cli.operations.status import RegionState, read_state
from cli.output import refuse, say
from cli.region_view import DOOR, ask
from lyo_dr.adapters.aws import stepfunctions
from lyo_dr.decisions.incident.admission import admit
from lyo_dr.errors import LyoDrError
from lyo_dr.model.durations import humanize
from lyo_dr.model.incident import Signal
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.model.restore import RestoreRequest


def start(plan: Plan, lost: str, by: str, *, ask_first: bool, restore: tuple[str, RestoreRequest] | None = None) -> int:
    """Start an incident for a lost region in its peer; 0 started, 1 not started on request. Raises typer.Exit(2).

    ``restore`` is a database that is restored there from replicated backups instead of being promoted, and to where.
    """
    if lost not in plan.regions.pair:
        raise refuse(
            f"{lost!r} is not a region of this plan; --region names the region that is lost: "
            f"{' or '.join(plan.regions.pair)}"
        )
    here = plan.regions.peer_of(lost)
    signal = Signal("region", "operator", lost, datetime.now(UTC), by)
    if restore is not None:
        database, wish = restore
        wanted = {"restore_to": wish.restore_to, "latest": wish.latest}
        signal = msgspec.structs.replace(signal, database=database, **wanted)
    name = operator_name(signal)
    for sentence in foretell(plan, signal, name, _state(plan, here)):
        say(sentence)
    if ask_first and not typer.confirm(f"Start an incident for the loss of {lost}?"):
        say("Nothing was started.")
        return 1
    # The answer may have taken its time, and the moment is where the incident begins to count.
    signal = msgspec.structs.replace(signal, at=datetime.now(UTC))
    return started(plan, here, operator_name(signal), signal)


def operator_name(signal: Signal) -> str:
    """The incident's id. Not the name an alarm of the same second gets: that is another signal."""
    return f"operator-{signal.region}-{signal.at.astimezone(UTC):%Y%m%dT%H%M%S}"


def foretell(plan: Plan, signal: Signal, name: str, state: RegionState | str) -> Iterator[str]:
    """What will happen, by the plan and by what the recovery region says now (or why it was not read)."""
    here = plan.regions.peer_of(signal.region)
    yield f"An incident for the loss of {signal.region}, in the name of {signal.by or 'nobody'}, worked on in {here}:"
    yield f"  1. It looks: the app and an AWS endpoint of {signal.region}, a neutral region, each replica."
    yield f"     If {signal.region} lives, it stands down, and nothing is changed."
    yield f"  2. {_policy(plan)}"
    names = ", ".join(database.name for database in plan.databases)
    services = ", ".join(service.name for service in plan.services)
    yield f"  3. It fences {signal.region} if that answers, and promotes {names} in {here}: there is no way back."
    if signal.database:
        yield f"     But {signal.database} is restored from backups replicated to {here}, and not promoted."
    yield f"  4. It raises {services} in {here}, leads {plan.traffic.name} there, and proves it."
    if isinstance(state, str):
        yield f"Its present state was not read: {state}"
    else:
        yield from objections(plan, signal, name, here, state)


def _policy(plan: Plan) -> str:
    if plan.policy.failover == "approve":
        return "policy.failover is approve: it asks a person, with the predicted loss shown."
    rpo = humanize(plan.objectives.rpo)
    return f"If it is lost and no more than {rpo} of work can be missing, it goes on by itself; else it asks."


def objections(plan: Plan, signal: Signal, name: str, here: str, state: RegionState) -> Iterator[str]:
    """The same question the incident's first step will ask in a region, asked now."""
    verdict = admit(
        signal,
        here=here,
        pair=plan.regions.pair,
        incident_id=name,
        record=state.record,
        lease=state.lease,
        now=signal.at,
        max_age=plan.policy.signal_max_age,
    )
    if verdict.admission != "open":
        yield f"As things stand it will be recorded and start nothing: {verdict.sentence}."
    if state.paused:
        yield f"The automation is {state.paused}. It will look, and change nothing."


def _state(plan: Plan, here: str) -> RegionState | str:
    answer = ask(plan, [here], read_state)[0]
    return answer.value if answer.value is not None else answer.silence or "no answer"


def started(plan: Plan, here: str, name: str, signal: Signal) -> int:
    """Start it in a region, and say how to follow it. Raises typer.Exit(2)."""
    canonical = msgspec.json.encode({"signal": signal}, order="deterministic").decode()
    try:
        new = stepfunctions.start(ResourceNames(plan, here).machine(DOOR), name, canonical, here)
    except LyoDrError as refusal:
        raise refuse(f"nothing was started: {explain(refusal, here)}") from None
    say(f"{'Started' if new else 'Already started'} in {here}: {name}", "bold green")
    say(f"Follow it: lyo-dr timeline {name} --region {here} --follow")
    return 0
