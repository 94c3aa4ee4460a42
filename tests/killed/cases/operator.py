"""The cases of ``operator``: one for each command that changes something."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.decisions.common.consent import frame
from lyo_dr.model.incident import Incident
from lyo_dr.steps.compare_damaged import record_ledger
from tests.killed.harness import Case
from tests.killed.stage import Stage
from tests.unit.decisions.common.test_consent import a_gate
from tests.unit.operator_requests import approval, request
from tests.unit.steps.replay_rows.test_replay import BOOKINGS, FACTS, USERS


def _asked(stage: Stage) -> tuple[Incident, Any]:
    incident = stage.world.given_incident(gate="ask")
    question = frame(stage.plan, incident, a_gate(), ["app silent"], stage.now)
    stage.world.ctx().store.questions.pose(question, "token")
    return incident, question


def _recovered(stage: Stage) -> dict[str, Any]:
    incident = stage.world.given_incident()
    stage.world.ctx().store.controls.recovered(incident.id, stage.now)
    return request({"action": "acknowledge"})


def _ledger(stage: Stage) -> dict[str, Any]:
    incident = stage.world.given_incident(database="bookings")
    given = {"incident": incident, "database": "bookings", "tables": [USERS, BOOKINGS]}
    record_ledger.handler(msgspec.to_builtins(given))
    return request({"action": "replay", "incident": incident.id, "facts": FACTS})


def _skipping(stage: Stage) -> dict[str, Any]:
    incident = stage.world.given_incident()
    return request({"action": "skip", "incident": incident.id, "step": "CheckEndpoints", "why": "search is down"})


_TOLD = dict.fromkeys(("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"), "a person is told to try again")
CASES = {
    "answer_operator": [
        Case(lambda stage: request(approval(_asked(stage)[1]))),
        Case(lambda _stage: request({"action": "pause", "why": "maintenance"})),
        Case(lambda _stage: request({"action": "resume"})),
        Case(_recovered, says_so=True, otherwise=_TOLD),
        Case(_ledger),
        Case(_skipping, otherwise={name: why for name, why in _TOLD.items() if name != "dynamodb:UpdateItem"}),
    ],
}
