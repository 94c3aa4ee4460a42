"""TriageDatabase: is the instance dead, is the data wrong, or is it RDS's turn, or nothing at all?"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.decisions.instance_triage import InstanceRules, triage_instance
from lyo_dr.decisions.integrity import wrong_answers
from lyo_dr.doorman import Here, step
from lyo_dr.errors import LyoDrError, NotFound
from lyo_dr.guard import working
from lyo_dr.model.facts import Instance
from lyo_dr.model.incident import Incident
from lyo_dr.model.instance import InstanceFacts, Silence
from lyo_dr.model.verdict import Triage
from lyo_dr.steps.asking import ask_connections, ask_integrity, ask_replica_in_peer, prepare_to_ask
from lyo_dr.steps.looking import ask_apps


class SoFar(msgspec.Struct, frozen=True):
    """The verdict of the look before this one, if there was one."""

    triage: Triage | None = None


class Request(msgspec.Struct, frozen=True):
    """The incident and the state of the execution."""

    incident: Incident
    so_far: SoFar


@step("TriageDatabase", Request)
@working
def handler(request: Request, here: Here) -> Triage:
    """Everybody is asked at once; the other region's replica is the witness nothing here can silence."""
    incident, plan = request.incident, here.plan
    verdict = triage_instance(
        _look(incident.database, here),
        rules=InstanceRules.of(plan, here.poll),
        before=_silence(request.so_far),
        now=here.now(),
        look_until=incident.opened_at + plan.budgets.triage,
    )
    here.tell(incident.id, verdict.sentence)
    return verdict


def _silence(so_far: SoFar) -> Silence | None:
    return so_far.triage.silence if so_far.triage else None


def _look(database: str, here: Here) -> InstanceFacts:
    at, described = here.now(), _describe(database, here)
    prepare_to_ask(here.region, here.peer)
    with ThreadPoolExecutor(max_workers=3) as pool:
        count = pool.submit(ask_connections, here, database)
        replica = pool.submit(ask_replica_in_peer, here, database)
        apps = pool.submit(ask_apps, here.region, here)
        counted = count.result()
        faults = _faults(database, here) if counted is not None and counted.answered else []
        return InstanceFacts(
            database=database,
            at=at,
            count=counted,
            faults=faults,
            apps=apps.result(),
            replica=replica.result(),
            **described,
        )


def _describe(database: str, here: Here) -> dict[str, Any]:
    """The instance the database lives in now, as RDS has it; none, or why nobody knows."""
    planned = here.plan.database(database).instances[here.region]
    try:
        found: Instance = Rds(here.region, attempts=1).describe(here.databases.instance(database, planned))
    except NotFound:
        return {}
    except LyoDrError as silence:
        return {"rds_error": str(silence)}
    return {"instance": found}


def _faults(database: str, here: Here) -> list[str]:
    """What the integrity questions say now; questions that could not be asked accuse nobody."""
    evidence = ask_integrity(here, database)
    if evidence is None or evidence.at is None:
        return []
    return wrong_answers(here.plan.database(database).integrity, evidence.readings, here.databases.baseline(database))
