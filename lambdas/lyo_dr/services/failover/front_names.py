"""The DNS names of users: how far each has moved, and the change of its record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec

from lyo_dr.adapters.aws.route53 import front_records, lead_to
from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.front_names import NOT_SUBMITTED, NameProgress
from lyo_dr.decisions.failover.traffic import kinds_to_change, record_objection, traffic_progress
from lyo_dr.errors import LyoDrError
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.facts import Probe
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Traffic
from lyo_dr.model.verdict import SubmittedChange
from lyo_dr.services.common.front_door import addresses, ask_front_door, leads_by_cname


class RecordNotExpected(LyoDrError):
    """A DNS record has an unexpected value; it is left to people."""


class ChangeResult(msgspec.Struct, frozen=True, kw_only=True):
    """The change of one name: submitted or to be submitted again, and what kept it."""

    change: SubmittedChange | None = None
    failure: LyoDrError | None = None


def look_at(front: Traffic, ctx: StepContext, deadline: Deadline) -> NameProgress:
    """Resolve one name, ask the services behind it, and judge both."""
    target, critical = front.targets[ctx.region], ctx.plan.is_critical(front)
    resolved = addresses(ctx, front, front.name)
    asked = ctx.plan.critical_behind(front) or ctx.plan.services_behind(front)
    answers: list[Probe | None] = [None]
    if resolved:
        with ThreadPoolExecutor(max_workers=min(16, len(asked))) as pool:
            answers = list(pool.map(lambda service: ask_front_door(ctx, front, service.ready_path), asked))
    expected = [] if target.cname else addresses(ctx, front, target.host)
    aliased = leads_by_cname(ctx, front, target.cname) if target.cname and resolved else None
    verdicts = [
        traffic_progress(
            name=front.name,
            region=ctx.region,
            strategy=front.strategy,
            expected=expected,
            resolved=resolved,
            answer=answer,
            deadline=deadline,
            aliased=aliased,
        )
        for answer in answers
    ]
    worst = next((verdict for verdict in verdicts if verdict.status != "ready"), verdicts[0])
    return NameProgress(name=front.name, critical=critical, progress=worst)


def change_name(front: Traffic, incident: Incident, ctx: StepContext) -> ChangeResult:
    """Point the records of one name to this region, if they still have the expected value. Idempotent.

    Never raises an error of ours: the other names are to be changed whatever becomes of this one.
    """
    critical = ctx.plan.is_critical(front)
    try:
        identifier = _changed(front, incident, ctx)
    except RecordNotExpected as objection:
        return ChangeResult(failure=objection)
    except LyoDrError as failure:
        pending = SubmittedChange(name=front.name, id=NOT_SUBMITTED, critical=critical)
        return ChangeResult(change=pending, failure=failure)
    return ChangeResult(change=SubmittedChange(name=front.name, id=identifier, critical=critical))


def _changed(front: Traffic, incident: Incident, ctx: StepContext) -> str:
    wanted = front.targets[ctx.region]
    found = front_records(front)
    objection = record_objection(front.name, found, previous=front.targets[incident.lost_region], wanted=wanted)
    if objection is not None:
        ctx.record(incident.id, f"The record is not changed: {objection}")
        raise RecordNotExpected(objection)
    kinds = kinds_to_change(found, wanted)
    change = lead_to(front, wanted, kinds, f"Lyo DR incident {incident.id}")
    what = "The record" if kinds == ["A"] else f"The {' and '.join(kinds)} record"
    ctx.record(incident.id, f"{what} of {front.name} is changed to point to {ctx.region} (change {change})")
    return change
