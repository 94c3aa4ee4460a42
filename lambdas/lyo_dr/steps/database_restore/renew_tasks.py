"""RenewTasks: redeploy a service, since tasks read secrets only at start."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.redeployments import replace_tasks


class Request(msgspec.Struct, frozen=True):
    """The incident and the service."""

    incident: Incident
    service: str


@step("RenewTasks", Request, timeline=True)
@irreversible
def handler(request: Request, ctx: StepContext) -> Progress:
    """Once per incident; the count is raised afterwards, by the process that also watches the tasks come up.

    Recorded after the call: a call that failed is made again. After a crash between the two it is made twice, which
    replaces the same tasks.
    """
    service, incidents = ctx.plan.service(request.service), ctx.store.incidents
    sentence = f"Service {service.name} is redeployed with the current secrets"
    if incidents.read_note(request.incident.id, "RENEWED", service.name) is None:
        sentence = replace_tasks(ctx, service)
        incidents.record_once(request.incident.id, "RENEWED", service.name)
    return Progress(status="ready", sentence=sentence)
