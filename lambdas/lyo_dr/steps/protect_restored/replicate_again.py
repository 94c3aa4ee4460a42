"""ReplicateAgain: the other region follows the restored instance, under the name the plan promotes."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.backups import Backups
from lyo_dr.decisions.reprotection import replica_next
from lyo_dr.doorman import Here, step
from lyo_dr.errors import WrongState
from lyo_dr.guard import aftercare
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.addresses import point_secrets
from lyo_dr.steps.waiting import within


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when protecting it began."""

    incident: Incident
    database: str
    started_at: datetime


@step("ReplicateAgain", Request)
@aftercare
def handler(request: Request, here: Here) -> Progress:
    """One change a look, by what both regions say now; done when it streams and the stand-by's secrets lead to it."""
    incident, database = request.incident, here.plan.database(request.database)
    there, name = Backups(here.peer), database.instances[here.peer]
    aside = here.names.damaged(name, incident.id)
    source = Backups(here.region).describe(here.databases.instance(database.name, database.instances[here.region]))
    replica, old = there.find(name), there.find(aside)
    verdict = replica_next(replica, old, source, name)
    try:
        if verdict.do == "rename":
            there.rename(name, aside)
        elif verdict.do == "replicate" and old is not None:
            there.replicate(source, old, name, incident.id)
        elif verdict.do == "settings" and old is not None:
            there.change(name, {"DBParameterGroupName": old["DBParameterGroups"][0]["DBParameterGroupName"]})
        elif verdict.do == "point" and replica is not None:
            end = replica["Endpoint"]
            point_secrets(here, here.peer, database.name, end["Address"], int(end["Port"]), incident.id)
            here.incidents.set(incident.id, unprotected=False)
    except WrongState as refusal:
        here.tell(incident.id, f"RDS refused for now: {refusal}")
    here.tell(incident.id, verdict.sentence)
    return within(verdict.do == "point", verdict.sentence, request.started_at, here)
