"""``lyo-dr resume INCIDENT``: take a failed incident up again, with everything it has on record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from cli.aws_errors import explain
from cli.identity import caller_name, check_account
from cli.operations.failed_incident import FailedIncident, find_incident, resume_fault
from cli.output import confirm, paste, refuse, say, working
from cli.region_view import INCIDENT_RESPONSE, RegionView
from lyo_dr.adapters.aws import stepfunctions
from lyo_dr.decisions.incident.resume import execution_of_run
from lyo_dr.errors import LyoDrError
from lyo_dr.model.incident import Resumption, Signal
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames

_MOST_RUNS = 100


def resume_incident(plan: Plan, incident: str, by: str | None, why: str, *, ask_first: bool) -> int:
    """Start the execution that takes it up; 0 started, 1 not confirmed. Raises typer.Exit(2)."""
    return resume_found(plan, find_incident(plan, incident), by, why, ask_first=ask_first)


def resume_found(plan: Plan, found: FailedIncident, by: str | None, why: str, *, ask_first: bool) -> int:
    """The same for an incident that was found; ``by`` is who else is named besides the AWS identity."""
    if found.taken_up:
        return _said(found, found.taken_up, new=False)
    fault = resume_fault(found)
    if fault is not None:
        raise refuse(f"nothing was started: {fault}")
    return take_up(plan, found, caller_name(found.region, by), why, ask_first=ask_first)


def take_up(plan: Plan, found: FailedIncident, by: str, why: str, *, ask_first: bool) -> int:
    """Say what will happen, ask, and start it; 0 started, 1 not confirmed. Raises typer.Exit(2)."""
    for sentence in _preview(plan, found, by, why):
        say(sentence)
    if ask_first and not confirm(f"Take {found.incident} up again?"):
        say("Nothing was started.")
        return 1
    return _resumed(plan, found, by, why)


def _resumed(plan: Plan, found: FailedIncident, by: str, why: str) -> int:
    """Start it under the next free name: two operators at once get the same one, and so one execution."""
    signal = _signal(found, by, why)
    canonical = msgspec.json.encode({"signal": signal}, order="deterministic").decode()
    view = RegionView(plan, found.region)
    try:
        with working(f"Taking {found.incident} up again in {found.region}"):
            check_account(plan, found.region)
            name, new = _start(view, plan, found, canonical)
    except LyoDrError as refusal:
        raise refuse(f"nothing was started in {found.region}: {explain(refusal, found.region)}") from None
    return _said(found, name, new=new)


def _said(found: FailedIncident, name: str, *, new: bool) -> int:
    what = f"Taking {found.incident} up again" if new else f"{found.incident} is being taken up already"
    say(f"{what} in {found.region}, execution {name}", "bold green")
    say("Follow it:")
    paste(f"  lyo-dr timeline {found.incident} --region {found.region} --follow")
    return 0


def _preview(plan: Plan, found: FailedIncident, by: str, why: str) -> Iterator[str]:
    """Say what will happen."""
    yield f"{found.incident} failed, and is taken up again in {found.region} by {by or 'an unnamed user'}: {why}"
    yield "  1. It reads the facts again; only the age of its signal no longer counts."
    if found.recovered:
        yield f"  2. It adopts {', '.join(found.recovered)}, recovered before; nothing is promoted a second time."
    else:
        yield "  2. It had promoted nothing: the gate decides as for a new incident."
    yield f"  3. It goes on: services in {found.region}, validation, {plan.front_label()}."
    yield f"If {found.head['lost_region']} serves users again, it changes nothing and says so."


def _signal(found: FailedIncident, by: str, why: str) -> Signal:
    """The signal it was opened by, and who takes it up."""
    head = found.head
    return Signal(
        "region",
        head["source"],
        head["lost_region"],
        datetime.fromisoformat(head["outage_start"]),
        by=head["by"],
        resumes=Resumption(found.incident, by, why, datetime.now(UTC)),
    )


def _start(view: RegionView, plan: Plan, found: FailedIncident, canonical: str) -> tuple[str, bool]:
    """The name of the execution that takes it up, and whether it is new. A run that has ended has used its name up."""
    machine = ResourceNames(plan, found.region).machine(INCIDENT_RESPONSE)
    for run in range(2, _MOST_RUNS):
        name = execution_of_run(found.incident, run)
        if stepfunctions.start(machine, name, canonical, found.region):
            return name, True
        if view.execution(name).status == "RUNNING":
            return name, False
    raise refuse(f"nothing was started: {found.incident} was taken up {_MOST_RUNS} times already; start a new incident")
