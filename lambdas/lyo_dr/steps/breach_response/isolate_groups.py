"""IsolateGroups: the plan's security groups of this region let nothing in or out any more."""

from __future__ import annotations

import json

import msgspec

from lyo_dr.adapters.aws.security_groups import close, rules_of
from lyo_dr.decisions.breach import breach_of
from lyo_dr.doorman import Here, step
from lyo_dr.errors import LyoDrError
from lyo_dr.guard import guard
from lyo_dr.model.breach import Part
from lyo_dr.model.incident import Incident
from lyo_dr.steps.breaching import told


class Request(msgspec.Struct, frozen=True):
    """The incident."""

    incident: Incident


@step("IsolateGroups", Request)
@guard
def handler(request: Request, here: Here) -> Part:
    """The rules are written down before they are taken away, once: a retry finds a group that is empty already."""
    groups = breach_of(here.plan).isolate.get(here.region, [])
    failed = [why for group in groups if (why := _isolate(here, request.incident, group))]
    if failed:
        part = Part(part="isolation", status="failed", sentence="; ".join(failed))
    elif groups:
        part = Part(part="isolation", status="done", sentence=f"Isolated: {', '.join(groups)}; a person lifts it")
    else:
        return Part(part="isolation", status="nothing", sentence="The plan isolates nothing")
    return told(here, request.incident, part)


def _isolate(here: Here, incident: Incident, group: str) -> str | None:
    """Why it did not work, or None."""
    try:
        rules = rules_of(group, here.region)
        here.incidents.note(incident.id, "ISOLATED", group, region=here.region, rules=json.dumps(rules))
        close(group, here.region, rules)
    except LyoDrError as failure:
        return str(failure)
    return None
