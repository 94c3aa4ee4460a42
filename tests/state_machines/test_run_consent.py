"""A region is lost with more at stake than the plan allows: a person is asked, and only a good answer leads on.

One world, two incidents: declined; approved while the automation is paused, and carried on after the pause. The
person has the managed policy of operators, and nothing else.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from cli import operator_api
from cli.operations import consent
from drills.world.world import World
from lyo_dr.adapters.aws import session
from lyo_dr.adapters.aws.dynamodb import Table
from lyo_dr.model.consent import Question
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import DETECTION_REGION
from lyo_dr.store.incidents import Incidents
from lyo_dr.store.questions import Questions
from tests.plans import lyo_plan
from tests.state_machines.failover import (
    IRELAND,
    OREGON,
    Followed,
    calls,
    follow,
    lease,
    start_by_hand,
    without_detection,
)

pytestmark = [pytest.mark.drill, pytest.mark.timeout(480)]


def nothing_may_be_lost(plan: Plan) -> Plan:
    """An RPO below the delay of the link: whatever is lost is too much."""
    return msgspec.structs.replace(
        plan, objectives=msgspec.structs.replace(plan.objectives, rpo=timedelta(milliseconds=5))
    )


class Story:
    """The world, the person, and what they were told."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.said: dict[str, operator_api.Reply] = {}
        self.codes: dict[str, int] = {}
        self.incidents: dict[str, Followed] = {}
        self.questions: dict[str, Question] = {}
        self.capacity: dict[str, int] = {}
        self.promoted_while_paused = -1

    def asked(self, incident: str) -> Question:
        """Start an incident and wait for its question."""
        start_by_hand(self.world, incident)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found = self._questions().read(incident)
            if found is not None and self._prepared():
                self.questions[incident] = found
                self.capacity[incident] = self._desired()
                return found
            time.sleep(0.2)
        raise AssertionError(f"{incident} asked nothing: {follow(self.world, incident).lines}")

    def order(self, name: str, **fields: str) -> None:
        """Put an order to the door as the person."""
        self.said[name] = operator_api.send_command(self.world.plan, OREGON, **fields)

    def wait_for(self, incident: str, beginning: str) -> None:
        """Wait until its timeline has a sentence that begins like this."""
        timeline = Incidents(Table(self.world.names(OREGON).table, OREGON))
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if any(line.sentence.startswith(beginning) for line in timeline.timeline(incident)):
                return
            time.sleep(0.2)
        raise AssertionError(f"{incident} did not say: {beginning}")

    def end(self, incident: str) -> Followed:
        """Wait until it has ended."""
        self.incidents[incident] = follow(self.world, incident)
        return self.incidents[incident]

    def desired_now(self) -> int:
        """Tasks asked for in Oregon."""
        return self._desired()

    def _prepared(self) -> bool:
        return self._desired() == self.world.plan.services[0].desired

    def _desired(self) -> int:
        place = self.world.plan.services[0].places[OREGON]
        found = self.world.client("ecs", OREGON).describe_services(cluster=place.cluster, services=[place.service])
        return int(found["services"][0]["desiredCount"])

    def _questions(self) -> Questions:
        return Questions(Table(self.world.names(OREGON).table, OREGON))


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    with World(lyo_plan(), adjust=nothing_may_be_lost, warm=False) as world, pytest.MonkeyPatch.context() as patch:
        _become_an_operator(world, patch)
        without_detection(world)
        world.lose_region(IRELAND)
        told = Story(world)
        _declined(told)
        _approved(told)
        yield told
    session.client.cache_clear()
    session._session.cache_clear()


def _become_an_operator(world: World, patch: pytest.MonkeyPatch) -> None:
    """A role with the managed policy that the stacks offer, and its credentials in the environment."""
    iam, names = world.client("iam", DETECTION_REGION), world.names(OREGON)
    trust = {"Effect": "Allow", "Principal": {"AWS": world.plan.account}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="ada", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    policy = f"arn:aws:iam::{world.plan.account}:policy/{names.prefix}-operators-{OREGON}"
    iam.attach_role_policy(RoleName="ada", PolicyArn=policy)
    keys = world.client("sts", OREGON).assume_role(RoleArn=role, RoleSessionName="ada")["Credentials"]
    patch.setenv("AWS_ENDPOINT_URL", world.aws.endpoint)
    patch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"])
    patch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"])
    patch.setenv("AWS_SESSION_TOKEN", keys["SessionToken"])
    session.client.cache_clear()
    session._session.cache_clear()


def _declined(story: Story) -> None:
    story.asked("declined")
    story.codes["decline"] = consent.decline(story.world.plan, "declined", "the provider says ten minutes")
    story.end("declined")
    story.capacity["after decline"] = story.desired_now()


def _approved(story: Story) -> None:
    question = story.asked("approved")
    story.order("another hash", action="approve", incident="approved", facts="0123456789ab", accept_data_loss="PT1H")
    story.order("no loss", action="approve", incident="approved", facts=question.facts)
    story.order("too little", action="approve", incident="approved", facts=question.facts, accept_data_loss="PT0.001S")
    story.said["unsigned"] = _unsigned(story.world, question)
    story.order("made up", action="approve", incident="nothing-of-the-kind", facts=question.facts)
    story.order("pause", action="pause", why="we restore by hand")
    story.codes["approve"] = consent.approve(story.world.plan, "approved", question.facts, "PT1H", yes=True)
    story.order("again", action="decline", incident="approved", facts=question.facts, why="too late")
    story.wait_for("approved", "Waiting, nothing was changed: the automation is paused by ")
    story.promoted_while_paused = len(_promotions(story))
    story.order("resume", action="resume")
    story.end("approved")


def _unsigned(world: World, question: Question) -> operator_api.Reply:
    url = operator_api._url(world.plan, OREGON)
    at = urlsplit(world.aws.endpoint)
    connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=20)
    fields = {"action": "approve", "incident": "approved", "facts": question.facts, "accept_data_loss": "PT1H"}
    connection.request("POST", "/", json.dumps(fields), {"Host": urlsplit(url).netloc})
    answer = connection.getresponse()
    return operator_api.Reply(answer.status, answer.read().decode())


def _promotions(story: Story) -> list[dict[str, Any]]:
    return calls(story.world, op="PromoteReadReplica")


def test_fault_12_a_loss_over_the_rpo_is_asked_about_with_its_number(story: Story) -> None:
    question = story.questions["approved"]
    assert question.over_rpo
    assert question.loss_ms is not None
    assert question.loss_ms > 5
    assert question.blockers[0].startswith("up to ")
    assert any("is promoted and never replicates from eu-west-1 again" in line for line in question.irrevocable)


def test_meanwhile_the_stand_by_is_raised_and_after_a_no_it_is_lowered_again(story: Story) -> None:
    desired = story.world.plan.services[0].desired
    assert (story.capacity["declined"], story.capacity["after decline"]) == (desired, 0)
    assert story.incidents["declined"].said_by("UndoPreparation") == ["Preparation rolled back: assistant to 0 tasks"]


def test_a_declined_incident_is_held_and_people_are_told(story: Story) -> None:
    incident = story.incidents["declined"]
    assert story.codes["decline"] == 0
    assert (incident.status, incident.head["ending"]) == ("SUCCEEDED", "held")
    assert incident.said_by("TakeAnswer")[0].endswith("declined: the provider says ten minutes")
    assert "Notified responders: Incident held: eu-west-1" in incident.said_by("AnnounceOutcome")


def test_fault_52_a_pause_while_a_person_is_asked_waits_before_anything_irreversible_and_goes_on(story: Story) -> None:
    incident = story.incidents["approved"]
    assert (story.said["pause"].status, story.said["resume"].status) == (200, 200)
    waited = [sentence for sentence in incident.said_by("CheckGate") if sentence.startswith("Waiting, nothing was")]
    assert len(waited) == 1
    assert waited[0].endswith(": we restore by hand")
    assert story.promoted_while_paused == 0
    assert len(_promotions(story)) == 1, incident.lines


@pytest.mark.parametrize(
    ("answer", "status", "sentence"),
    [
        ("another hash", 409, "the answer is for other facts (0123456789ab)"),
        ("no loss", 422, "accept_data_loss must cover that"),
        ("too little", 422, "only PT0.001S is accepted"),
        ("made up", 404, "this incident has no open question"),
        ("again", 409, "the question was already answered: approved by arn:aws:sts::"),
    ],
)
def test_fault_40_an_answer_that_does_not_fit_is_refused_in_a_sentence(
    story: Story, answer: str, status: int, sentence: str
) -> None:
    assert story.said[answer].status == status
    assert sentence in story.said[answer].sentence


def test_fault_40_what_is_not_signed_never_reaches_the_function(story: Story) -> None:
    assert story.said["unsigned"].status == 403
    assert not [line for line in story.incidents["approved"].lines if "without an identity" in line.sentence]


def test_fault_40_refused_answers_are_on_record_and_a_made_up_incident_is_not(story: Story) -> None:
    told = story.incidents["approved"].said_by("AnswerOperator")
    assert len([line for line in told if "without effect" in line]) == 4
    assert follow(story.world, "approved").id == "approved"


def test_an_approval_leads_on_after_the_facts_were_read_again_and_is_on_record(story: Story) -> None:
    incident, question = story.incidents["approved"], story.questions["approved"]
    assert story.codes["approve"] == 0
    assert (incident.status, incident.head["ending"]) == ("SUCCEEDED", "recovered")
    first, _waiting, second = incident.said_by("CheckGate")
    assert first.startswith("Approval needed: up to ")
    assert f":assumed-role/ada/ada approved {question.facts}" in second
    assert incident.head["consent"]["facts"] == {"S": question.facts}
    assert incident.head["gate"] == "open"
    assert story.world.leads_to(OREGON)
    assert float(lease(story.world)["epoch"]) == 2


def test_the_task_token_is_in_no_sentence_and_no_answer(story: Story) -> None:
    table = story.world.client("dynamodb", OREGON)
    item = table.get_item(
        TableName=story.world.names(OREGON).table, Key={"pk": {"S": "TOKEN#approved"}, "sk": {"S": "TOKEN"}}
    )["Item"]
    token = item["token"]["S"]
    said = [line.sentence for incident in story.incidents.values() for line in incident.lines]
    assert token not in " ".join([*said, *(one.sentence for one in story.said.values())])
