"""IsolateGroups: empty the plan's security groups of this region, so that no traffic passes."""

from __future__ import annotations

import json

import msgspec

from lyo_dr.adapters.aws.ec2 import close, rules_of
from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.response import breach_of
from lyo_dr.errors import LyoDrError
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.breach import Part
from lyo_dr.model.incident import Incident
from lyo_dr.services.breach.breach_context import record_part


class Request(msgspec.Struct, frozen=True):
    """The incident."""

    incident: Incident


@step("IsolateGroups", Request)
@irreversible
def handler(request: Request, ctx: StepContext) -> Part:
    """The rules are written down before they are taken away, once: a retry finds a group that is empty already."""
    groups = breach_of(ctx.plan).isolate.get(ctx.region, [])
    failed = [why for group in groups if (why := _isolate(ctx, request.incident, group))]
    if failed:
        part = Part(part="isolation", status="failed", sentence="; ".join(failed))
    elif groups:
        part = Part(
            part="isolation",
            status="done",
            sentence=f"Isolated: {', '.join(groups)}; a person has to lift the isolation",
        )
    else:
        return Part(part="isolation", status="nothing", sentence="The plan isolates no security groups")
    return record_part(ctx, request.incident, part)


def _isolate(ctx: StepContext, incident: Incident, group: str) -> str | None:
    """Why it did not work, or None."""
    try:
        rules = rules_of(group, ctx.region)
        ctx.store.incidents.record_once(incident.id, "ISOLATED", group, region=ctx.region, rules=json.dumps(rules))
        close(group, ctx.region, rules)
    except LyoDrError as failure:
        return str(failure)
    return None
