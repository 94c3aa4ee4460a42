"""A block stands until a person lifts it: they are reminded of it when they said they would look, and not before."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lyo_dr.adapters import clock
from lyo_dr.decisions.breach.messages import look_again
from lyo_dr.model.incident import Incident
from lyo_dr.steps.breach_response import lift_containment
from lyo_dr.steps.keeper import remind_of_blocks
from lyo_dr.store.blocks import Block
from tests.plans import lyo_plan
from tests.unit.aws import World
from tests.unit.breaches import BREACH, INTRUDER, given_breach
from tests.unit.builders import IRELAND, NOON, at

WEEK = timedelta(days=7)
DUE = NOON + WEEK


@pytest.fixture
def blocked(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """An intruder's address is held back, to be looked at again in a week."""
    monkeypatch.setenv("AWS_REGION", IRELAND)
    incident: Incident = given_breach(world)
    ctx = world.ctx(region=IRELAND)
    ctx.store.incidents.record_once(
        incident.id, "BLOCKED", f"{IRELAND}#{INTRUDER}", region=IRELAND, address=INTRUDER, version=4
    )
    ctx.store.blocks.keep(Block(incident=incident.id, addresses=[f"{INTRUDER}/32"], until=DUE))
    return world


def told_at(world: World, monkeypatch: pytest.MonkeyPatch, moment: datetime) -> int:
    """How many messages go out when somebody looks at this moment."""
    before = world.calls.count("sns:Publish")
    monkeypatch.setattr(clock, "now", lambda: moment)
    remind_of_blocks.handler({})
    return world.calls.count("sns:Publish") - before


def test_people_are_reminded_when_it_is_due_once_and_again_as_long_afterwards(
    blocked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = [DUE - timedelta(hours=1), DUE, DUE + timedelta(hours=1), DUE + WEEK, DUE + WEEK + timedelta(hours=1)]
    assert [told_at(blocked, monkeypatch, hour) for hour in hours] == [0, 1, 0, 1, 0]


def test_its_twin_a_block_that_was_lifted_reminds_nobody(blocked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lift_containment, "_unblock", lambda *_: [])
    lift_containment.handler({"incident": BREACH, "by": "ada", "why": "the address was reassigned"})
    assert blocked.ctx(region=IRELAND).store.blocks.standing() == []
    assert told_at(blocked, monkeypatch, DUE + WEEK) == 0


def test_a_block_that_could_not_be_lifted_stands(blocked: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lift_containment, "_unblock", lambda *_: ["the IP set was locked"])
    lift_containment.handler({"incident": BREACH, "by": "ada", "why": "x"})
    assert told_at(blocked, monkeypatch, DUE) == 1


@pytest.mark.parametrize(("seconds", "about"), [(-1, None), (0, "0"), (604799, "0"), (604800, "1")])
def test_each_reminder_has_a_name_of_its_own(seconds: float, about: str | None) -> None:
    found = look_again(lyo_plan(), BREACH, [f"{INTRUDER}/32"], NOON, every=WEEK, now=at(seconds))
    assert [message.about.rpartition("#")[2] for message in found] == ([] if about is None else [about])
    assert all(f"lyo-dr breach lift {BREACH}" in message.text and INTRUDER in message.text for message in found)
