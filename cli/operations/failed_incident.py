"""A failed incident as the region knows that handled it: what it has recovered, and which steps are on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cli.operations.status import newest_incident
from cli.output import refuse
from cli.region_view import RegionView, ask, failures
from lyo_dr.adapters.aws.dynamodb import Item
from lyo_dr.decisions.incident.resume import may_resume
from lyo_dr.model.incident import Lease, SystemRecord
from lyo_dr.model.plan import Plan
from lyo_dr.model.step_record import StepFailure


@dataclass(frozen=True)
class FailedIncident:
    """An incident as the region that handles it knows it, and what it has recovered there before it failed."""

    incident: str
    region: str
    head: Item
    record: SystemRecord
    lease: Lease | None
    recovered: tuple[str, ...]
    failures: tuple[StepFailure, ...] = ()

    @property
    def execution(self) -> str:
        """The execution that worked on it last, or does."""
        return str(self.head.get("execution") or self.incident)

    @property
    def running(self) -> bool:
        """Whether that one is at work: it renews its lease."""
        if self.lease is None or self.head.get("state") != "open":
            return False
        return self.lease.holder == self.incident and self.lease.expires_at > datetime.now(UTC)

    @property
    def taken_up(self) -> str:
        """The execution that has taken it up and is at work on it; empty while nobody has."""
        return self.execution if self.running and self.execution != self.incident else ""

    @property
    def keeps(self) -> bool:
        """Whether there is something to adopt: a database it recovered, or the lease it was left with."""
        return bool(self.recovered) or (self.lease is not None and self.lease.holder == self.incident)


def find_incident(plan: Plan, incident: str, nothing: str = "nothing was started") -> FailedIncident:
    """Find it where it was handled. Raises typer.Exit(2), with ``nothing`` that was done."""
    answers = ask(plan, plan.regions.pair, lambda view: _read(view, view.store.incidents.id_of(incident)))
    found = next((answer.value for answer in answers if answer.value is not None), None)
    if found is None:
        if missing := failures(answers):
            raise refuse(f"{nothing}: whether there is an incident {incident} is not known", *missing)
        asked = " and ".join(answer.region for answer in answers)
        raise refuse(f"{nothing}: {_unknown(incident, asked)}")
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
    return verdict.sentence


def resume_fault(found: FailedIncident) -> str | None:
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


def failed_before(plan: Plan, lost: str, here: str) -> FailedIncident | None:
    """A failed incident for the loss of this region that left something to adopt; None also where nobody answers."""
    answer = ask(plan, [here], lambda view: _newest(view))[0]
    found = answer.value
    if found is None or found.head.get("state") != "failed" or found.head.get("lost_region") != lost:
        return None
    return found if found.keeps and resume_fault(found) is None else None


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
    failed = tuple(view.store.steps.failures(incident))
    return FailedIncident(incident, view.region, head, control.record(), control.lease(), recovered, failed)
