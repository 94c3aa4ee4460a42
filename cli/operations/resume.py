"""``lyo-dr resume INCIDENT``: take a failed incident up again, with everything it has on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from cli.aws_errors import explain
from cli.operations.status import newest_incident
from cli.output import confirm, paste, refuse, say, working
from cli.region_view import INCIDENT_RESPONSE, RegionView, ask, failures
from lyo_dr.adapters.aws import stepfunctions
from lyo_dr.adapters.aws.dynamodb import Item
from lyo_dr.decisions.incident.resume import execution_of_run, may_resume
from lyo_dr.errors import LyoDrError
from lyo_dr.model.incident import Lease, Resumption, Signal, SystemRecord
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames

_MOST_RUNS = 100


@dataclass(frozen=True)
class FailedIncident:
    """An incident as the region that handles it knows it, and what it has recovered there before it failed."""

    incident: str
    region: str
    head: Item
    record: SystemRecord
    lease: Lease | None
    recovered: tuple[str, ...]

    @property
    def taken_up(self) -> str:
        """The execution that has taken it up and is at work on it; empty while nobody has."""
        by = str(self.head.get("execution") or self.incident)
        held = (
            self.lease is not None and self.lease.holder == self.incident and self.lease.expires_at > datetime.now(UTC)
        )
        return by if self.head.get("state") == "open" and held and by != self.incident else ""

    @property
    def keeps(self) -> bool:
        """Whether there is something to adopt: a database it recovered, or the lease it was left with."""
        return bool(self.recovered) or (self.lease is not None and self.lease.holder == self.incident)


def resume_incident(plan: Plan, incident: str, by: str, why: str, *, ask_first: bool) -> int:
    """Start the execution that takes it up; 0 started, 1 not confirmed. Raises typer.Exit(2)."""
    found = _find(plan, incident)
    if found.taken_up:
        return _said(found, found.taken_up, new=False)
    fault = _fault(found)
    if fault is not None:
        raise refuse(f"nothing was started: {fault}")
    return take_up(plan, found, by, why, ask_first=ask_first)


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
            name, new = _start(view, plan, found, canonical)
    except LyoDrError as refusal:
        raise refuse(f"nothing was started: {explain(refusal, found.region)}") from None
    return _said(found, name, new=new)


def _said(found: FailedIncident, name: str, *, new: bool) -> int:
    what = f"Taking {found.incident} up again" if new else f"{found.incident} is being taken up already"
    say(f"{what} in {found.region}, execution {name}", "bold green")
    say("Follow it:")
    paste(f"  lyo-dr timeline {found.incident} --region {found.region} --follow")
    return 0


def failed_before(plan: Plan, lost: str, here: str) -> FailedIncident | None:
    """A failed incident for the loss of this region that left something to adopt; None also where nobody answers."""
    answer = ask(plan, [here], lambda view: _newest(view))[0]
    found = answer.value
    if found is None or found.head.get("state") != "failed" or found.head.get("lost_region") != lost:
        return None
    return found if found.keeps and _fault(found) is None else None


def _preview(plan: Plan, found: FailedIncident, by: str, why: str) -> Iterator[str]:
    """Say what will happen."""
    yield f"{found.incident} failed, and is taken up again in {found.region} by {by or 'an unnamed user'}: {why}"
    yield "  1. It reads the facts again; only the age of its signal no longer counts."
    if found.recovered:
        yield f"  2. It adopts {', '.join(found.recovered)}, recovered before; nothing is promoted a second time."
    else:
        yield "  2. It had promoted nothing: the gate decides as for a new incident."
    yield f"  3. It goes on: services in {found.region}, validation, {plan.traffic.name}."
    yield f"If {found.head['lost_region']} serves users again, it changes nothing and says so."


def _find(plan: Plan, incident: str) -> FailedIncident:
    """Find it where it was handled. Raises typer.Exit(2)."""
    answers = ask(plan, plan.regions.pair, lambda view: _read(view, view.store.incidents.id_of(incident)))
    found = next((answer.value for answer in answers if answer.value is not None), None)
    if found is None:
        missing = failures(answers)
        asked = " and ".join(answer.region for answer in answers if not answer.failure)
        if not asked:
            raise refuse(*missing)
        raise refuse(_unknown(incident, asked), *missing)
    return found


def _unknown(incident: str, asked: str) -> str:
    verdict = may_resume(
        incident,
        None,
        execution="",
        here=asked,
        record=SystemRecord(active_region="", standby_region=None, epoch=0),
        lease=None,
        now=datetime.now(UTC),
    )
    return f"nothing was started: {verdict.sentence}"


def _fault(found: FailedIncident) -> str | None:
    """Why it is not taken up. Whether a region is seen to be lost only its first step can tell."""
    verdict = may_resume(
        found.incident,
        found.head,
        execution="",
        here=found.region,
        record=found.record,
        lease=found.lease,
        now=datetime.now(UTC),
        seen_lost=True,
    )
    return None if verdict.admission == "open" else verdict.sentence


def _newest(view: RegionView) -> FailedIncident | None:
    execution, head = newest_incident(view)
    if execution is None or head is None:
        return None
    return _read(view, view.store.incidents.id_of(execution.name))


def _read(view: RegionView, incident: str) -> FailedIncident | None:
    incidents, control = view.store.incidents, view.store.control
    head = incidents.head(incident)
    if head is None:
        return None
    notes = [note for kind in ("PROMOTION", "POINTED") for note in incidents.notes(incident, kind)]
    recovered = tuple(sorted({str(note["sk"]).rpartition("#")[2] for note in notes}))
    return FailedIncident(incident, view.region, head, control.record(), control.lease(), recovered)


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
