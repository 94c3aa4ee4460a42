"""The operator's door as the tests knock at it."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from lyo_dr.decisions.common.consent import frame
from lyo_dr.model.consent import Question
from lyo_dr.model.incident import Incident
from lyo_dr.steps.operator import answer_operator
from tests.unit.aws import World
from tests.unit.decisions.common.test_consent import a_gate

ADA = "arn:aws:sts::123456789012:assumed-role/operators/ada"
TOKEN = "the-token-that-nobody-may-see"


def request(body: Any, *, by: str | None = ADA, method: str = "POST") -> dict[str, Any]:
    """What AWS hands to the function behind the URL."""
    context: dict[str, Any] = {"http": {"method": method, "path": "/"}}
    if by is not None:
        context["authorizer"] = {"iam": {"userArn": by}}
    text = body if isinstance(body, str) else json.dumps(body)
    return {"version": "2.0", "requestContext": context, "body": text, "isBase64Encoded": False}


def knock(body: Any, **how: Any) -> tuple[int, str]:
    """Status and sentence of the answer."""
    answer = answer_operator.handler(request(body, **how))
    return answer["statusCode"], json.loads(answer["body"])["sentence"]


def asked(world: World, **changes: Any) -> tuple[Incident, Question]:
    """An incident that asks about 23 minutes of work."""
    incident = world.given_incident(gate="ask")
    question = frame(world.plan, incident, a_gate(), ["app silent"], world.ctx().now())
    question = msgspec.structs.replace(question, **changes)
    world.ctx().store.questions.pose(question, TOKEN)
    return incident, question


def approval(question: Question, **changes: str) -> dict[str, str]:
    """A good answer."""
    order = {"action": "approve", "incident": question.incident, "facts": question.facts}
    return {**order, "accept_data_loss": "PT23M", **changes}
