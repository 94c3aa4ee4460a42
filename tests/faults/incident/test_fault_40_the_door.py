"""Fault 40: whatever is sent to the operator's door, nothing changes unless everything about it is right."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyo_dr.adapters.aws import stepfunctions
from lyo_dr.decisions.incident.operator_commands import OperatorCommand, Reply, read_order
from lyo_dr.steps.operator import answer_operator
from tests.unit.aws import World
from tests.unit.operator_requests import ADA, TOKEN, approval, asked, knock, request


@pytest.fixture(autouse=True)
def _nothing_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any) -> None:
        raise AssertionError("an answer was handed on")

    monkeypatch.setattr(stepfunctions, "answer", never)


def test_fault_40_without_an_identity_nothing_is_answered_and_it_is_on_record(world: World) -> None:
    incident, question = asked(world)
    status, sentence = knock(approval(question), by=None)
    assert (status, sentence) == (403, "this request is not signed by a known AWS identity")
    assert world.said()[-1] == "A command to approve came without an identity; refused"
    found = world.ctx().store.questions.read(incident.id)
    assert found is not None
    assert found.standing == "open"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "post", ""])
def test_fault_40_only_post_acts(world: World, method: str) -> None:
    _, question = asked(world)
    assert knock(approval(question), method=method)[0] == 405


FORGED: dict[str, tuple[dict[str, str], int]] = {
    "another hash": ({"facts": "0123456789ab"}, 409),
    "another incident": ({"incident": "another"}, 404),
    "an incident with a path in it": ({"incident": "../SYSTEM"}, 400),
    "too small a loss": ({"accept_data_loss": "PT1S"}, 422),
    "no loss": ({"accept_data_loss": ""}, 422),
    "no hash": ({"facts": ""}, 400),
    "an action nobody knows": ({"action": "promote"}, 400),
    "a field nobody knows": ({"by": "root"}, 400),
}


@pytest.mark.parametrize(("changes", "status"), FORGED.values(), ids=FORGED.keys())
def test_fault_40_what_does_not_fit_changes_nothing(world: World, changes: dict[str, str], status: int) -> None:
    incident, question = asked(world)
    assert knock(approval(question, **changes))[0] == status
    found = world.ctx().store.questions.read(incident.id)
    assert found == question


def test_fault_40_an_incident_that_does_not_exist_gets_no_timeline(world: World) -> None:
    _, question = asked(world)
    knock(approval(question, incident="made-up"))
    assert world.said("made-up") == []


BODIES = [
    "",
    "null",
    "[]",
    "{}",
    '"approve"',
    "{",
    "\x00",
    '{"action": 1}',
    "x" * 5000,
    json.dumps({"why": "y" * 4200}),
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_fault_40_a_body_that_is_no_order_is_refused(world: World, body: str) -> None:
    assert knock(body)[0] == 400


def test_a_body_in_base64_is_read_like_any_other() -> None:
    event = request("")
    event |= {"body": base64.b64encode(b'{"action": "resume"}').decode(), "isBase64Encoded": True}
    assert read_order(event) == OperatorCommand(action="resume")
    assert isinstance(read_order({**event, "body": "not base64!"}), Reply)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


@given(event=st.dictionaries(st.sampled_from(["body", "requestContext", "isBase64Encoded", "version"]), JSON))
def test_fault_40_no_event_whatever_is_more_than_refused(event: dict[str, Any]) -> None:
    assert isinstance(read_order(event), (OperatorCommand, Reply))


ORDERS = st.fixed_dictionaries(
    {"action": st.sampled_from(["approve", "decline"])},
    optional={
        "incident": st.text(max_size=90),
        "facts": st.text(max_size=20),
        "accept_data_loss": st.text(max_size=12),
        "why": st.text(max_size=12),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=ORDERS)
def test_fault_40_random_orders_are_answered_with_a_sentence_and_change_nothing(
    world: World, order: dict[str, Any]
) -> None:
    answer = answer_operator.handler(request(order))
    assert 400 <= answer["statusCode"] < 500
    assert json.loads(answer["body"])["sentence"]


def test_the_token_is_in_no_answer(world: World) -> None:
    _, question = asked(world)
    replies = [knock(approval(question, facts="0123456789ab")), knock(approval(question, accept_data_loss=""))]
    assert TOKEN not in str(replies) + " ".join(world.said())


def test_pause_and_resume_are_put_where_the_guard_reads_them(world: World) -> None:
    world.given_incident()
    assert knock({"action": "pause"})[0] == 400, "not without a reason"
    assert knock({"action": "pause", "why": "by hand"})[0] == 200
    assert world.ctx().store.control.paused() == f"paused by {ADA}: by hand"
    assert world.said()[-1] == f"{ADA} paused the automation: by hand"
    assert knock({"action": "resume"})[0] == 200
    assert world.ctx().store.control.paused() is None


def test_an_acknowledgement_is_taken_once(world: World) -> None:
    assert knock({"action": "acknowledge"})[0] == 404
    world.ctx().store.controls.recovered("the-first", world.ctx().now())
    assert knock({"action": "acknowledge"})[0] == 200
    assert knock({"action": "acknowledge"}) == (409, f"the-first was already acknowledged by {ADA}")
