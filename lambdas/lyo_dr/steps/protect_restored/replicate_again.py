"""ReplicateAgain: the other region follows the restored instance, under the name the plan promotes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.addresses.secret_logins import InstanceEndpoint
from lyo_dr.decisions.restore.reprotection import Do, replica_next
from lyo_dr.errors import WrongState
from lyo_dr.guards import post_close
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Database
from lyo_dr.model.verdict import Progress
from lyo_dr.services.restore.deadlines import within
from lyo_dr.services.restore.secret_endpoints import point_secrets


class Request(msgspec.Struct, frozen=True):
    """The incident, the database, and when protecting it began."""

    incident: Incident
    database: str
    started_at: datetime


@step("ReplicateAgain", Request, timeline=True, stage="protection")
@post_close
def handler(request: Request, ctx: StepContext) -> Progress:
    """One change a look, by what both regions say now; done when it streams and the standby's secrets lead to it."""
    incident, database = request.incident, ctx.plan.database(request.database)
    replicate = _replicate if database.has_replica else _without_replica
    return replicate(database, incident, request.started_at, ctx)


def _replicate(database: Database, incident: Incident, started_at: datetime, ctx: StepContext) -> Progress:
    there, name = Backups(ctx.peer_region), database.instance_in(ctx.peer_region)
    aside = ctx.names.damaged(name, incident.id)
    source = Backups(ctx.region).describe(ctx.store.databases.instance(database.name, database.instance_in(ctx.region)))
    replica, old = there.find(name), there.find(aside)
    verdict = replica_next(replica, old, source, name)
    try:
        if verdict.do == "rename":
            there.rename(name, aside)
        elif verdict.do == "replicate" and old is not None:
            there.replicate(source, old, name, incident.id)
        else:
            _settle(verdict.do, there, name, old)
    except WrongState as refusal:
        ctx.record(incident.id, f"RDS refused for now: {refusal}")
    if verdict.do == "point" and replica is not None:
        end = replica["Endpoint"]
        target = InstanceEndpoint(host=end["Address"], port=int(end["Port"]), instance=name)
        point_secrets(ctx, ctx.peer_region, database.name, target, incident.id)
        ctx.store.incidents.set(incident.id, unprotected=False)
    return within(verdict.do == "point", verdict.sentence, started_at, ctx)


def _settle(do: Do, there: Backups, name: str, old: dict[str, Any] | None) -> None:
    """What RDS takes only once the replica is there: its parameter group, and the reboot that puts it in force."""
    if do == "settings" and old is not None:
        there.change(name, {"DBParameterGroupName": old["DBParameterGroups"][0]["DBParameterGroupName"]})
    elif do == "reboot":
        there.reboot(name)


def _without_replica(database: Database, incident: Incident, _started_at: datetime, ctx: StepContext) -> Progress:
    """What is left is protected as the plan says. The backups of the others are replicated by a person, who is told
    unless that is done: nothing makes it happen, so nothing is waited for.
    """
    name = ctx.store.databases.instance(database.name, database.instance_in(ctx.region))
    if database.way == "leave":
        ctx.store.incidents.set(incident.id, unprotected=False)
        return Progress(status="ready", sentence=f"{name} has no replica, as the plan says")
    if Backups(ctx.peer_region).reach(name, ctx.region):
        ctx.store.incidents.set(incident.id, unprotected=False)
        return Progress(status="ready", sentence=f"Backups of {name} are replicated to {ctx.peer_region}")
    sentence = f"{name} has no replica, and its backups are not replicated to {ctx.peer_region} yet"
    return Progress(status="broken", sentence=f"{sentence}: start that (docs/how-to/onboard-a-database.md)")
