"""Faults 62 and 38: a channel is silent. Messages come later, each once and in order, and nothing waits for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters import clock
from lyo_dr.errors import AccessDenied, LyoDrError, MessageRefused, ServiceUnreachable
from lyo_dr.model.incident import Incident
from lyo_dr.services.communications import sender
from lyo_dr.steps.communications import send_messages
from lyo_dr.steps.incident_response import announce_failure, announce_incident, announce_outcome, close_incident
from tests.unit.aws import Killed, World, refusal

DISRUPTION, RESTORED = "Service disruption - api.lyo-booking.com", "Service restored - api.lyo-booking.com"
OVER = "Service disruption is over - api.lyo-booking.com"
LOSS, END = "Recovering from the loss of eu-west-1", "Incident recovered: eu-west-1"
TRIAGE: dict[str, Any] = {
    "finding": "region_lost",
    "decision": "act",
    "sentence": "eu-west-1 is lost",
    "evidence": ["app silent"],
}
OUTCOME = {"ending": "recovered", "sentence": "Recovered in us-west-2", "reasons": []}


class Channel:
    """In the place of SNS: what each audience got, in order, and how each topic fails."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.got: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.failing: dict[str, LyoDrError] = {}
        self.during: Callable[[], Any] = lambda: None
        self.calls = 0

    def publish(self, topic: str, subject: str, text: str, _region: str) -> None:
        """As the adapter's."""
        audience = topic.rpartition("-")[2]
        self.calls += 1
        if audience in self.failing:
            raise self.failing[audience]
        self.got.append((audience, subject))
        self.texts.append(text)
        self.during()

    def fail(self, failure: LyoDrError, *audiences: str) -> None:
        """From now on these topics fail; by default those of responders and stakeholders."""
        self.failing = dict.fromkeys(audiences or ("responders", "stakeholders"), failure)

    def to(self, audience: str) -> list[str]:
        """The subjects an audience got, in order."""
        return [subject for name, subject in self.got if name == audience]


@pytest.fixture
def channel(world: World, monkeypatch: pytest.MonkeyPatch) -> Channel:
    channel = Channel(world)
    monkeypatch.setattr(sender, "publish", channel.publish)
    return channel


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let time pass, and the sender run as each minute does."""
    now = [clock.now()]

    def tick() -> datetime:
        now[0] += timedelta(microseconds=1)
        return now[0]

    monkeypatch.setattr(clock, "now", tick)

    def pass_time(seconds: float) -> None:
        now[0] += timedelta(seconds=seconds)
        send_messages.handler({"source": "aws.events", "detail-type": "Scheduled Event"})

    return pass_time


Later = Callable[[float], None]
SILENT = ServiceUnreachable("publishing to a topic: no answer (ReadTimeoutError)")


def announce(incident: Incident) -> Any:
    return announce_incident.handler({"incident": msgspec.to_builtins(incident), "triage": TRIAGE})


def conclude(incident: Incident) -> Any:
    given = {"incident": msgspec.to_builtins(incident), "outcome": OUTCOME}
    close_incident.handler(given)
    return announce_outcome.handler(given)


def test_fault_62_sent_later_once_in_order_and_nothing_waited(world: World, channel: Channel, later: Later) -> None:
    incident = world.given_incident()
    channel.fail(SILENT)
    announce(incident)
    later(40)
    assert conclude(incident) == {"queued": ["stakeholders", "responders"], "missed": []}
    head = world.ctx().store.incidents.head(incident.id)
    assert head is not None
    assert head["state"] == "closed", "closed while no channel answered"
    assert channel.got == []
    channel.failing = {}
    later(62)
    for _ in range(3):
        later(60)
    assert channel.to("responders") == [LOSS, END]
    assert channel.to("stakeholders") == [OVER], "the disruption is over, and one message states both"
    assert f"Notified responders 1 min 42 s late: {LOSS}" in world.said()
    assert f"Notified responders 1 min 2 s late: {END}" in world.said()
    assert f"Merged into the next message to stakeholders: {DISRUPTION}" in world.said()
    assert world.ctx().outbox.waiting() == []


def test_fault_62_a_disruption_that_goes_on_is_told_first(world: World, channel: Channel, later: Later) -> None:
    incident = world.given_incident()
    channel.fail(SILENT)
    announce(incident)
    channel.failing = {}
    later(62)
    conclude(incident)
    assert channel.to("stakeholders") == [DISRUPTION, RESTORED]
    assert not any("No earlier message" in text for text in channel.texts)


def test_fault_62_the_twin_a_channel_that_works_is_asked_once_and_at_once(
    world: World, channel: Channel, later: Later
) -> None:
    incident = world.given_incident()
    for _ in range(3):
        announce(incident)
        later(60)
    assert channel.calls == 2
    assert channel.got == [("responders", LOSS), ("stakeholders", DISRUPTION)]
    assert world.said() == [f"Notified responders: {LOSS}", f"Notified stakeholders: {DISRUPTION}"]
    assert world.calls.count("cloudwatch:PutMetricData") == 0


def test_fault_62_a_restoration_without_its_disruption_says_both(world: World, channel: Channel, later: Later) -> None:
    conclude(world.given_incident())
    assert channel.to("stakeholders") == [OVER]
    assert sum("this one states its beginning and its end" in text for text in channel.texts) == 1


def fail(incident: Incident) -> Any:
    failure = {"ending": "failed", "sentence": "Stopped: X: y", "keep_lease": False}
    so_far = {"incident": msgspec.to_builtins(incident), "failure": failure}
    return announce_failure.handler({"incident_id": incident.id, "so_far": so_far})


def test_who_was_told_of_a_disruption_hears_of_its_failure(world: World, channel: Channel, later: Later) -> None:
    incident = world.given_incident()
    announce(incident)
    fail(incident)
    assert channel.to("stakeholders") == [DISRUPTION, "Service disruption: recovery delayed - api.lyo-booking.com"]
    assert any("Follow docs/runbooks/region-loss.md." in text for text in channel.texts)


def test_the_twin_who_was_told_of_none_hears_nothing(world: World, channel: Channel, later: Later) -> None:
    incident = world.given_incident()
    fail(incident)
    later(60)
    assert channel.to("stakeholders") == []
    assert channel.to("responders") == ["ACTION NEEDED: incident failed"]
    assert world.ctx().outbox.waiting() == []
    assert any(
        sentence.startswith("Not sent to stakeholders, who were told of no disruption") for sentence in world.said()
    )


def test_fault_62_two_senders_at_once_send_each_message_once(world: World, channel: Channel, later: Later) -> None:
    channel.during = lambda: send_messages.handler({})
    announce(world.given_incident())
    later(60)
    assert sorted(channel.got) == [("responders", LOSS), ("stakeholders", DISRUPTION)]


def test_fault_62_a_topic_that_fails_holds_up_nobody_else(world: World, channel: Channel, later: Later) -> None:
    channel.fail(SILENT, "responders")
    announce(world.given_incident())
    assert channel.got == [("stakeholders", DISRUPTION)]
    assert world.said()[0].startswith("Could not notify responders: publishing to a topic: no answer")


@pytest.mark.parametrize("failure", [SILENT, AccessDenied("publishing to a topic: AuthorizationError: no")])
def test_fault_38_it_is_tried_again_and_said_once(
    world: World, channel: Channel, later: Later, failure: LyoDrError
) -> None:
    channel.fail(failure)
    announce(world.given_incident())
    for _ in range(10):
        later(60)
    assert channel.calls == 2 * 11
    assert len(world.said()) == 2, "the first failure of each audience"
    assert world.calls.count("cloudwatch:PutMetricData") == 6, "from five minutes on an alarm is fed"
    channel.failing = {}
    later(60)
    assert channel.to("responders") == [LOSS]


def test_fault_38_not_before_it_is_due(world: World, channel: Channel, later: Later) -> None:
    channel.fail(SILENT)
    announce(world.given_incident())
    later(4)
    assert channel.calls == 2
    later(1)
    assert channel.calls == 4


def test_fault_38_after_a_day_it_is_given_up_with_an_alarm(world: World, channel: Channel, later: Later) -> None:
    incident = world.given_incident()
    channel.fail(SILENT, "responders")
    announce(incident)
    later(24 * 3600)
    assert f"Could not notify responders within 24 h, given up: {LOSS}" in world.said()
    assert world.calls.count("cloudwatch:PutMetricData") == 1
    assert world.ctx().outbox.waiting() == []
    channel.failing = {}
    announce(incident)
    assert channel.to("responders") == [], "it is on record as missed, and not written again"


def test_fault_38_a_message_sns_refuses_does_not_block_the_next(world: World, channel: Channel, later: Later) -> None:
    incident = world.given_incident()
    channel.fail(MessageRefused("publishing to a topic: InvalidParameter: Subject"), "responders")
    announce(incident)
    later(60)
    later(60)
    assert world.said()[-1].endswith(f"given up: {LOSS}")
    channel.failing = {}
    conclude(incident)
    assert channel.to("responders") == [END]


def test_fault_62_a_sender_that_died_after_it_sent_sends_again(world: World, channel: Channel, later: Later) -> None:
    """Documented: at least once after a crash between sending and recording. Nobody is left untold for it."""

    def die() -> None:
        raise Killed

    channel.during = die
    announce(world.given_incident())
    channel.during = lambda: None
    later(60)
    assert channel.to("responders") == [LOSS], "claimed by a sender that may still run"
    later(31)
    assert channel.to("responders") == [LOSS, LOSS]
    later(60)
    assert len(channel.got) == 3


def test_fault_62_what_the_table_does_not_take_is_sent_past_it(world: World, channel: Channel) -> None:
    def silent(_number: int, name: str) -> None:
        if name.startswith("dynamodb:"):
            raise refusal("InternalServerError", status=500)

    incident = world.given_incident()
    world.calls.before = silent
    asked = {"incident_id": incident.id, "so_far": {"error": {"Error": "X", "Cause": "y"}}}
    assert announce_failure.handler(asked) == {"queued": ["responders"], "missed": []}
    assert channel.to("responders") == ["ACTION NEEDED: incident failed"]


def test_fault_62_what_nobody_takes_is_missed_and_stops_nothing(world: World, channel: Channel) -> None:
    def silent(_number: int, name: str) -> None:
        if name.startswith(("dynamodb:", "lambda:")):
            raise refusal("InternalServerError", status=500)

    incident = world.given_incident()
    world.calls.before = silent
    assert announce(incident) == {"queued": [], "missed": ["stakeholders", "responders"]}


def test_fault_62_a_sender_that_is_not_woken_comes_by_itself(world: World, channel: Channel, later: Later) -> None:
    world.calls.fail("lambda:Invoke", refusal("ServiceException", status=500))
    assert announce(world.given_incident()) == {"queued": ["stakeholders", "responders"], "missed": []}
    assert channel.got == []
    later(60)
    assert len(channel.got) == 2


def test_fault_62_nothing_of_a_text_stays_in_the_table_after_it_was_sent(
    world: World, channel: Channel, later: Later
) -> None:
    incident = world.given_incident()
    announce(incident)
    notes = world.ctx().store.incidents.notes(incident.id, "NOTIFIED")
    assert {note["state"] for note in notes} == {"sent"}
    assert all("text" not in note and datetime.fromisoformat(note["settled_at"]) for note in notes)
