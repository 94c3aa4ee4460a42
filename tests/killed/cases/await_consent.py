"""The cases of ``await_consent``."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.decisions.common.consent import frame
from tests.killed.given import an_event
from tests.killed.harness import Case
from tests.killed.stage import Stage
from tests.unit.decisions.common.test_consent import a_gate

_LIMITS = "nobody waits for limits here: RaiseCapacity sets them, and UndoPreparation those of before"


def _asking(stage: Stage) -> dict[str, Any]:
    return an_event(stage, gate="ask") | {"gate": a_gate()}


def _answered(stage: Stage) -> dict[str, Any]:
    event = _asking(stage)
    question = frame(stage.plan, event["incident"], event["gate"], ["app silent"], stage.now)
    approved = msgspec.structs.replace(question, standing="approved", by="ada")
    stage.world.ctx().store.questions.pose(approved, "token")
    return event


def _unanswered(stage: Stage) -> dict[str, Any]:
    event = _asking(stage)
    question = frame(stage.plan, event["incident"], event["gate"], ["app silent"], stage.now)
    stage.world.ctx().store.questions.pose(question, "token")
    return event


CASES = {
    "ask_consent": Case(
        lambda stage: _asking(stage) | {"evidence": ["app silent"], "token": "token"},
        blurred={"DECISION NEEDED": "a question that is asked again ends later, and its message says when"},
    ),
    "prepare_standby": Case(_asking, otherwise={"application-autoscaling:RegisterScalableTarget": _LIMITS}),
    "take_answer": [Case(_answered), Case(_unanswered)],
}
