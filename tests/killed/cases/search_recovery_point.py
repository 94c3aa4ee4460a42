"""The cases of ``search_recovery_point``."""

from __future__ import annotations

from typing import Any

from lyo_dr.model.restore import NewInstance, Target
from lyo_dr.model.search import Bracket, Probe
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.search_restores import Probes
from tests.killed.cases.database_restore import answer, answers, restored
from tests.killed.given import login, of_database
from tests.killed.harness import Case
from tests.killed.rds import all_available, given_rds
from tests.killed.stage import Stage
from tests.unit.builders import NOON, REPLICA, at
from tests.unit.decisions.restore_builders import a_run

_SEARCH = Bracket(good=at(-300), bad=at(0), changed=["appointments of nobody: 3 instead of 0"])
_PROBES = [Probe(number=number, at=at(-300 + 75 * number)) for number in (1, 2, 3)]


def _searching(stage: Stage) -> dict[str, Any]:
    given_rds(stage)
    event, ctx = of_database(stage), stage.world.ctx()
    ctx.store.incidents.record_once(event["incident"].id, "DAMAGED", "bookings", instance=REPLICA)
    ctx.store.databases.record_run("bookings", a_run(-300))
    Attempts(ctx, event["incident"].id).add(1, Target(kind="moment", at=at(-301)), _SEARCH)
    return event | {"search": _SEARCH, "restore_began": NOON}


def _planned(stage: Stage) -> dict[str, Any]:
    event = _searching(stage)
    probes = Probes(stage.world.ctx(), event["incident"].id, "bookings")
    for probe in _PROBES:
        probes.plan(probe)
    return event | {"probe": _PROBES[0]}


def looked(stage: Stage) -> dict[str, Any]:
    event = _planned(stage)
    ctx, incident, rds = stage.world.ctx(), event["incident"].id, stage.calls._rds
    probes = Probes(ctx, incident, "bookings")
    for probe in _PROBES:
        tags = [{"Key": "lyo-dr-incident", "Value": incident}, {"Key": "lyo-dr-throw-away", "Value": "yes"}]
        rds.given(probes.name(probe), tags=tags)  # type: ignore[attr-defined]
        probes.begin(probe)
        probes.judge(probe, ["wrong"] if probe.number == 3 else [])
    ctx.store.databases.search("bookings", incident, at(600))
    return event


def _reading(stage: Stage) -> dict[str, Any]:
    login(stage)
    stage.sql = lambda statement, _values: answer(stage, statement)
    return {"database": "bookings", "beside": restored(stage)[0]["beside"]}


def _judging(stage: Stage) -> dict[str, Any]:
    event = _planned(stage)
    beside = NewInstance(status="ready", sentence="s", identifier="x", host="h", port=1, available_at=stage.now)
    return event | {"beside": beside, "answers": answers(stage)}


CASES = {
    "plan_probes": [Case(_searching), Case(looked)],
    "restore_probe": Case(_planned, until="ready", between=all_available),
    "read_probe": Case(_reading, reads_only=True),
    "judge_probe": Case(_judging),
    "close_search": Case(looked, blurred={"evidence": "it says how long the search took"}),
}
