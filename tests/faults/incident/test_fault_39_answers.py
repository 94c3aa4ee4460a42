"""Fault 39: an answer that never comes, comes late, twice, or after the incident has ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws import stepfunctions
from lyo_dr.errors import ServiceUnreachable, TaskTokenExpired
from lyo_dr.model.consent import Question
from lyo_dr.model.incident import Incident
from lyo_dr.steps.await_consent import ask_consent, prepare_standby, take_answer
from lyo_dr.steps.region_failover import undo_preparation
from tests.unit.aws import Killed, World
from tests.unit.builders import OREGON
from tests.unit.decisions.common.test_consent import a_gate
from tests.unit.operator_requests import ADA, TOKEN, approval, asked, knock


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens that were handed back to Step Functions."""
    found: list[str] = []
    monkeypatch.setattr(stepfunctions, "answer", lambda token, _output, _region: found.append(token))
    return found


def taken(incident: Incident, question: Question) -> Any:
    """What the state machine reads after the wait."""
    gate = msgspec.structs.replace(a_gate(), facts=question.facts)
    return take_answer.handler(msgspec.to_builtins({"incident": incident, "gate": gate}))


def test_fault_39_a_good_answer_counts_once_and_is_on_record(world: World, handed: list[str]) -> None:
    incident, question = asked(world)
    assert knock(approval(question)) == (200, f"{ADA} approved {question.facts}; the incident continues")
    assert handed == [TOKEN]
    assert taken(incident, question)["answer"] == "approved"
    head = world.ctx().store.incidents.head(incident.id)
    assert head is not None
    assert head["consent"] == {"facts": question.facts, "finding": "region_lost", "by": ADA}


def test_fault_39_the_second_answer_changes_nothing_and_is_on_record(world: World, handed: list[str]) -> None:
    incident, question = asked(world)
    knock(approval(question))
    status, sentence = knock({**approval(question), "action": "decline", "why": "no"}, by="arn:aws:iam::1:user/bob")
    assert (status, sentence) == (409, f"the question was already answered: approved by {ADA}")
    assert handed == [TOKEN]
    assert taken(incident, question)["answer"] == "approved"
    assert "arn:aws:iam::1:user/bob tried to decline without effect" in " ".join(world.said())


def test_fault_39_no_answer_ends_held_and_a_late_one_changes_nothing(world: World, handed: list[str]) -> None:
    incident, question = asked(world)
    assert taken(incident, question) == {
        "answer": "expired",
        "sentence": "Nobody answered in time, so nothing is changed",
    }
    assert knock(approval(question))[0] == 410
    assert handed == []
    assert taken(incident, question)["answer"] == "expired"


def test_fault_39_an_answer_after_its_time_is_late_also_while_the_machine_still_waits(
    world: World, handed: list[str]
) -> None:
    _, question = asked(world, expires_at=world.ctx().now() - timedelta(seconds=1))
    assert knock(approval(question))[0] == 410
    assert handed == []


@pytest.mark.parametrize("why", ["TaskTimedOut", "TaskDoesNotExist"])
def test_fault_39_an_answer_to_an_incident_that_was_aborted_is_said_to_be(
    world: World, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    incident, question = asked(world)

    def gone(*_: Any) -> None:
        raise TaskTokenExpired(why)

    monkeypatch.setattr(stepfunctions, "answer", gone)
    status, sentence = knock(approval(question))
    assert status == 410
    assert sentence.endswith("but the incident is no longer waiting for an answer")
    assert taken(incident, question)["answer"] == "expired"


def test_fault_39_an_answer_that_could_not_be_handed_on_can_be_given_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, question = asked(world)

    def silent(*_: Any) -> None:
        raise ServiceUnreachable("no answer")

    monkeypatch.setattr(stepfunctions, "answer", silent)
    assert knock(approval(question))[0] == 503
    monkeypatch.setattr(stepfunctions, "answer", lambda *_: None)
    assert knock(approval(question))[0] == 200


def test_fault_39_an_answer_that_was_killed_before_it_was_handed_on_is_handed_on_when_it_is_repeated(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident, question = asked(world)

    def killed(*_: Any) -> None:
        raise Killed

    monkeypatch.setattr(stepfunctions, "answer", killed)
    with pytest.raises(Killed):
        knock(approval(question))
    tokens: list[str] = []
    monkeypatch.setattr(stepfunctions, "answer", lambda token, _output, _region: tokens.append(token))
    assert knock(approval(question)) == (200, f"{ADA} approved {question.facts}; the incident continues")
    assert tokens == [TOKEN]
    assert taken(incident, question)["answer"] == "approved"


@pytest.mark.parametrize(
    ("changes", "by"),
    [
        ({"action": "decline", "why": "no"}, ADA),
        ({"accept_data_loss": "PT24M"}, ADA),
        ({"facts": "0123456789ab"}, ADA),
        ({}, "arn:aws:iam::1:user/bob"),
    ],
)
def test_fault_39_another_answer_than_the_one_on_record_is_no_repetition(
    world: World, handed: list[str], changes: dict[str, str], by: str
) -> None:
    _, question = asked(world)
    knock(approval(question))
    assert knock({**approval(question), **changes}, by=by)[0] == 409
    assert handed == [TOKEN]


def test_fault_39_an_answer_that_was_handed_on_unheard_stays_and_counts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident, question = asked(world)

    def unheard(*_: Any) -> None:
        raise ServiceUnreachable("no answer")

    def gone(*_: Any) -> None:
        raise TaskTokenExpired("TaskTimedOut")

    monkeypatch.setattr(stepfunctions, "answer", unheard)
    assert knock(approval(question))[0] == 503
    assert taken(incident, question)["answer"] == "approved"
    monkeypatch.setattr(stepfunctions, "answer", gone)
    assert knock(approval(question)) == (200, f"{ADA} approved {question.facts} before; it is on record")
    assert taken(incident, question)["answer"] == "approved"


def test_a_decline_says_who_and_why(world: World, handed: list[str]) -> None:
    incident, question = asked(world)
    order = {"action": "decline", "incident": incident.id, "facts": question.facts, "why": "ten more minutes"}
    assert knock(order)[0] == 200
    assert taken(incident, question) == {"answer": "declined", "sentence": f"{ADA} declined: ten more minutes"}
    assert handed == [TOKEN]


def test_a_question_is_put_with_the_lease_held_for_as_long_as_it_is_open(world: World) -> None:
    incident = world.given_incident(gate="ask")
    given = msgspec.to_builtins({"incident": incident, "gate": a_gate(), "evidence": ["app silent"], "token": TOKEN})
    assert ask_consent.handler(given)["queued"] == ["responders"]
    found = world.ctx().store.questions.read(incident.id)
    lease = world.ctx().store.control.lease()
    assert found is not None
    assert lease is not None
    assert lease.expires_at > found.expires_at
    assert world.ctx().store.questions.token(incident.id) == TOKEN
    assert TOKEN not in " ".join(world.said())


def test_the_stand_by_is_prepared_while_a_person_thinks_and_lowered_again_on_purpose(world: World) -> None:
    incident = world.given_incident(gate="ask")
    event = {"incident": msgspec.to_builtins(incident)}
    prepare_standby.handler(event)
    prepare_standby.handler(event)
    assert world.service(OREGON) == (2, 2, 4)
    assert undo_preparation.handler(event) == {"lowered": ["assistant to 0 tasks"]}
    assert world.service(OREGON) == (0, 0, 4), "a second preparation must not note the two of the first"
    assert world.said()[-1] == "Preparation rolled back: assistant to 0 tasks"


def test_where_nothing_was_prepared_nothing_is_undone(world: World) -> None:
    event = {"incident": msgspec.to_builtins(world.given_incident(gate="closed"))}
    assert undo_preparation.handler(event) == {"lowered": []}
    assert world.said() == []
