"""``lyo-dr start``: start an incident for a lost region. The incident checks for itself before it acts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from cli.aws_errors import explain
from cli.identity import caller_name, check_account
from cli.operations.failed_incident import failed_before
from cli.operations.resume import take_up
from cli.operations.status import RegionState, read_state
from cli.output import confirm, paste, refuse, say, working
from cli.region_view import INCIDENT_RESPONSE, ask
from lyo_dr.adapters.aws import stepfunctions
from lyo_dr.decisions.incident.admission import admit
from lyo_dr.errors import LyoDrError
from lyo_dr.model.durations import humanize
from lyo_dr.model.incident import Signal
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.model.restore import RestoreRequest


def start(
    plan: Plan,
    lost: str,
    by: str | None,
    why: str = "",
    *,
    ask_first: bool,
    restore: tuple[str, RestoreRequest] | None = None,
) -> int:
    """Start an incident for a lost region in its peer; 0 started, 1 not confirmed. Raises typer.Exit(2).

    ``restore`` names a database to restore there from replicated backups instead of promoting it, and to which point.
    """
    if lost not in plan.regions.pair:
        raise refuse(
            f"{lost!r} is not a region of this plan; --lost is the region that is lost: "
            f"{' or '.join(plan.regions.pair)}"
        )
    here = plan.regions.peer_of(lost)
    former = failed_before(plan, lost, here) if restore is None else None
    if former is not None:
        # A new incident would meet what the failed one has done as if somebody else had: take that one up instead.
        why = why or f"the loss of {former.head['lost_region']} was reported again"
        return take_up(plan, former, caller_name(here, by), why, ask_first=ask_first)
    signal = Signal("region", "operator", lost, datetime.now(UTC), caller_name(here, by), why)
    if restore is not None:
        database, request = restore
        wanted = {"restore_to": request.restore_to, "latest": request.latest}
        signal = msgspec.structs.replace(signal, database=database, **wanted)
    name = operator_name(signal)
    for sentence in preview(plan, signal, name, _state(plan, here)):
        say(sentence)
    if ask_first and not confirm(f"Start an incident for the loss of {lost}?"):
        say("Nothing was started.")
        return 1
    # The answer may have taken a while, and the incident counts from this time.
    signal = msgspec.structs.replace(signal, at=datetime.now(UTC))
    return started(plan, here, operator_name(signal), signal)


def operator_name(signal: Signal) -> str:
    """Id of the incident. It differs from that of an alarm in the same second, which is another signal."""
    return f"operator-{signal.region}-{signal.at.astimezone(UTC):%Y%m%dT%H%M%S}"


def preview(plan: Plan, signal: Signal, name: str, state: RegionState | str) -> Iterator[str]:
    """Say what will happen, by the plan and the state of the recovery region (or why that was not read)."""
    here = plan.regions.peer_of(signal.region)
    by = signal.by or "an unnamed user"
    yield f"An incident for the loss of {signal.region}, started by {by}, handled in {here}:"
    yield f"  1. It probes the app and an AWS endpoint of {signal.region}, a neutral region, each replica."
    yield f"     If {signal.region} is alive, it stands down, and nothing is changed."
    yield f"  2. {_policy(plan)}"
    names = ", ".join(database.name for database in plan.replicated()) or "no database"
    services = ", ".join(service.name for service in plan.services)
    yield f"  3. It fences {signal.region} if that answers, and promotes {names} in {here}: this is irreversible."
    if signal.database:
        yield f"     But {signal.database} is restored from backups replicated to {here}, and not promoted."
    yield from (f"     {line}" for line in _without_replica(plan, signal, here))
    yield f"  4. It scales up {services} in {here}, switches {plan.front_label()} to it, and verifies that."
    if isinstance(state, str):
        yield f"The state of {here} was not read: {state}"
    else:
        yield from objections(plan, signal, name, here, state)


def _without_replica(plan: Plan, signal: Signal, here: str) -> Iterator[str]:
    alone = [each.name for each in plan.databases_in(here) if not each.has_replica and each.name != signal.database]
    if alone:
        yield f"{', '.join(alone)} is restored from backups replicated to {here}: the plan gives it no replica."
    if left := plan.left_by(here):
        yield f"{', '.join(database.name for database in left)} is left in {signal.region}, and not recovered."


def _policy(plan: Plan) -> str:
    if plan.policy.failover == "approve":
        return "policy.failover is approve: it asks for approval, and shows the predicted loss."
    own = (f"{d.name}: {humanize(d.rpo)}" for d in plan.databases if d.rpo is not None and d.critical)
    rpo = ", ".join([humanize(plan.objectives.rpo), *own])
    return f"If it is lost and at most {rpo} of work can be missing, it goes on automatically; else it asks."


def objections(plan: Plan, signal: Signal, name: str, here: str, state: RegionState) -> Iterator[str]:
    """Say why the incident would start nothing: the check of its first step, made now."""
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
        yield f"At present it will be recorded and start nothing: {verdict.sentence}."
    if state.paused:
        yield f"The automation is {state.paused}. The incident will examine, and change nothing."


def _state(plan: Plan, here: str) -> RegionState | str:
    answer = ask(plan, [here], read_state)[0]
    return answer.value if answer.value is not None else answer.failure or "no answer"


def started(plan: Plan, here: str, name: str, signal: Signal) -> int:
    """Start the incident in a region, and say how to follow it; 0. Raises typer.Exit(2)."""
    canonical = msgspec.json.encode({"signal": signal}, order="deterministic").decode()
    try:
        with working(f"Starting an incident in {here}"):
            check_account(plan, here)
            new = stepfunctions.start(ResourceNames(plan, here).machine(INCIDENT_RESPONSE), name, canonical, here)
    except LyoDrError as refusal:
        raise refuse(f"nothing was started in {here}: {explain(refusal, here)}") from None
    say(f"{'Started' if new else 'Already started'} in {here}: {name}", "bold green")
    say("Follow it:")
    paste(f"  lyo-dr timeline {name} --region {here} --follow")
    return 0
