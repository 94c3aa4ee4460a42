"""TriageDatabase: is the instance dead, is the data damaged, is RDS repairing it, or is there no problem?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.integrity import wrong_answers
from lyo_dr.decisions.incident.instance_triage import InstanceRules, triage_instance
from lyo_dr.errors import LyoDrError, NotFound
from lyo_dr.guards import polling
from lyo_dr.handler import step
from lyo_dr.model.facts import Instance, ReplicaReading
from lyo_dr.model.incident import Incident
from lyo_dr.model.instance import InstanceFacts, UnresponsivePeriod
from lyo_dr.model.verdict import Triage
from lyo_dr.services.common.probing import probe_apps
from lyo_dr.services.common.sql_functions import ask_connections, ask_integrity, ask_replica_in_peer, prepare_to_ask


class MachineState(msgspec.Struct, frozen=True):
    """The verdict of the look before this one, if there was one."""

    triage: Triage | None = None


class Request(msgspec.Struct, frozen=True):
    """The incident and the state of the execution."""

    incident: Incident
    so_far: MachineState


@step("TriageDatabase", Request, timeline=True)
@polling
def handler(request: Request, ctx: StepContext) -> Triage:
    """Observers are queried in parallel; the other region's replica is a witness independent of this region."""
    incident, plan = request.incident, ctx.plan
    return triage_instance(
        _look(incident.database, ctx),
        rules=InstanceRules.of(plan, ctx.poll),
        before=_silence(request.so_far),
        now=ctx.now(),
        look_until=incident.opened_at + plan.budgets.triage,
    )


def _silence(so_far: MachineState) -> UnresponsivePeriod | None:
    return so_far.triage.silence if so_far.triage else None


def _look(database: str, ctx: StepContext) -> InstanceFacts:
    at, described = ctx.now(), _describe(database, ctx)
    prepare_to_ask(ctx.region, ctx.peer_region)
    with ThreadPoolExecutor(max_workers=3) as pool:
        count = pool.submit(ask_connections, ctx, database)
        replica = pool.submit(_replica, database, ctx)
        apps = pool.submit(probe_apps, ctx.region, ctx, database)
        counted = count.result()
        faults = _faults(database, ctx) if counted is not None and counted.answered else []
        return InstanceFacts(
            database=database,
            at=at,
            count=counted,
            faults=faults,
            apps=apps.result(),
            replica=replica.result(),
            **described,
        )


def _replica(database: str, ctx: StepContext) -> ReplicaReading:
    """What the replica hears; unknown of a database that has none."""
    if ctx.plan.database(database).has_replica:
        return ask_replica_in_peer(ctx, database)
    return ReplicaReading(database=database, error="the plan gives it no replica")


def _describe(database: str, ctx: StepContext) -> dict[str, Any]:
    """The database's current instance as RDS describes it; none, or why it is unknown."""
    planned = ctx.plan.database(database).instance_in(ctx.region)
    try:
        found: Instance = Rds(ctx.region, attempts=1).describe(ctx.store.databases.instance(database, planned))
    except NotFound:
        return {}
    except LyoDrError as silence:
        return {"rds_error": str(silence)}
    return {"instance": found}


def _faults(database: str, ctx: StepContext) -> list[str]:
    """Faults found by the integrity queries now; queries without a result are no faults."""
    evidence = ask_integrity(ctx, database)
    if evidence is None or evidence.at is None:
        return []
    return wrong_answers(
        ctx.plan.database(database).integrity, evidence.readings, ctx.store.databases.baseline(database)
    )
