"""PreserveTasks: what runs on ECS and from which definition, before a deployment replaces it."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.ecs import Described, describe_definition, describe_service, describe_tasks
from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.redaction import without_environment
from lyo_dr.errors import LyoDrError
from lyo_dr.handler import step
from lyo_dr.model.evidence import Branch
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Service
from lyo_dr.model.plurals import counted
from lyo_dr.services.breach.evidence_store import EvidenceStore, as_json

_PART = "tasks"


class Request(msgspec.Struct, frozen=True):
    """The incident."""

    incident: Incident


@step("PreserveTasks", Request)
def handler(request: Request, ctx: StepContext) -> Branch:
    """A stopped task is forgotten by ECS after about an hour; what it was is not found anywhere else."""
    kept = EvidenceStore(ctx, request.incident)
    for service in ctx.plan.services:
        _preserve(service, kept, ctx)
    return Branch(part=_PART)


def _preserve(service: Service, kept: EvidenceStore, ctx: StepContext) -> None:
    place = service.places[ctx.region]
    found: list[Described] = []

    def tasks() -> None:
        """Noted last: a run that was killed before finds the definitions again by the tasks."""
        try:
            found.append(describe_service(place, ctx.region))
            found.extend(describe_tasks(place, ctx.region))
        except LyoDrError:
            _definitions(found, kept, ctx)
            raise
        _definitions(found, kept, ctx)
        content = {"service": found[0], "tasks": found[1:]}
        what = f"service {service.name} with {counted(len(found) - 1, 'task')}"
        kept.keep(_PART, f"tasks/{service.name}.json", what, as_json(without_environment(content)))

    kept.attempt(_PART, f"tasks/{service.name}.json", f"tasks of {service.name}", tasks)


def _definitions(found: list[Described], kept: EvidenceStore, ctx: StepContext) -> None:
    for arn in sorted({str(one.get("taskDefinition") or one.get("taskDefinitionArn")) for one in found if one}):
        name = f"task-definitions/{arn.rsplit('/', 1)[-1].replace(':', '-')}.json"
        what = f"task definition {arn.rsplit('/', 1)[-1]}"
        kept.attempt(
            _PART,
            name,
            what,
            lambda arn=arn, name=name, what=what: kept.keep(  # type: ignore[misc]
                _PART, name, what, as_json(without_environment(describe_definition(arn, ctx.region)))
            ),
        )
