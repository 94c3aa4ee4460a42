"""AddZone: backups and a second zone for the restored instance, as the plan says."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.decisions.protection import is_asked_for, may_protect, protection_progress
from lyo_dr.doorman import Here, step
from lyo_dr.guard import aftercare
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.inheriting import give_settings
from lyo_dr.steps.waiting import within


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when protecting it began."""

    incident: Incident
    database: str
    started_at: datetime


@step("AddZone", Request)
@aftercare
def handler(request: Request, here: Here) -> Progress:
    """Asked for once; ready when the instance shows it. A promoted one also gets what a restore would have given it."""
    if settings := give_settings(here, request.incident.id, request.database):
        here.tell(request.incident.id, settings)
        return within(False, settings, request.started_at, here)
    database, rds = here.plan.database(request.database), Rds(here.region)
    instance = rds.describe(here.databases.instance(database.name, database.instances[here.region]))
    budget, now, poll = here.plan.budgets.protection, here.now(), here.poll
    asked = is_asked_for(database, instance)
    judge = protection_progress if asked else may_protect
    verdict = judge(database, instance, started_at=request.started_at, budget=budget, now=now, poll=poll)
    if verdict.status == "ready" and not asked:
        rds.protect(
            instance.identifier,
            multi_az=database.multi_az,
            backup_retention_days=max(database.backup_retention_days, instance.backup_retention_days),
        )
        verdict = Progress(status="pending", sentence=verdict.sentence, wait_seconds=poll)
    here.tell(request.incident.id, verdict.sentence)
    return verdict
