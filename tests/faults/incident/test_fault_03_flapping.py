"""Fault 3: after a recovery, alarms keep coming. None starts another one until a person has acknowledged the first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.decisions.common.cooldown import cooling
from lyo_dr.decisions.incident.admission import AdmissionLimits, admit
from lyo_dr.model.consent import Recovery
from lyo_dr.model.plan import Maintenance
from lyo_dr.model.verdict import Admission
from lyo_dr.steps.incident_response import close_incident, open_incident
from tests.unit.aws import World
from tests.unit.builders import IRELAND, NOON, OREGON, a_signal, an_incident, at, first_day

COOLDOWN = timedelta(hours=1)
RECOVERED = Recovery(incident="the-first", at=NOON)


def asked(seconds: float, *, recovery: Recovery | None = RECOVERED, **signal: Any) -> Admission:
    """A signal so many seconds after the recovery."""
    now = at(seconds)
    return admit(
        a_signal(at=now, **signal),
        here=OREGON,
        pair=(IRELAND, OREGON),
        incident_id="the-second",
        record=first_day(),
        lease=None,
        now=now,
        max_age=timedelta(minutes=15),
        brakes=AdmissionLimits(recovery=recovery, cooldown=COOLDOWN),
    )


@pytest.mark.parametrize("seconds", [1, 60, 3599])
def test_fault_03_an_alarm_in_the_cooldown_is_blocked_with_the_reason(seconds: float) -> None:
    verdict = asked(seconds)
    assert verdict.admission == "cooldown"
    assert verdict.sentence == (
        "Blocked: the-first recovered at 2026-03-29 12:00:00 UTC and has not been acknowledged; its "
        "cooldown lasts until 13:00:00 UTC; `lyo-dr acknowledge` ends it"
    )


def test_fault_03_the_twins_that_pass() -> None:
    acknowledged = msgspec.structs.replace(RECOVERED, acknowledged_by="ada", acknowledged_at=at(30))
    assert asked(60, recovery=acknowledged).admission == "open"
    assert asked(3600).admission == "open", "the cooldown is over"
    assert asked(60, recovery=None).admission == "open", "nothing was recovered before"
    assert asked(60, source="operator", by="ada").admission == "open", "a person; the gate asks instead"


def test_fault_03_a_person_who_starts_in_the_cooldown_is_asked_by_the_gate() -> None:
    assert cooling(RECOVERED, now=at(60), cooldown=COOLDOWN) is not None
    assert cooling(RECOVERED, now=at(3600), cooldown=COOLDOWN) is None


WINDOW = Maintenance(begins=at(-60), ends=at(600), why="a new network")


@pytest.mark.parametrize(("seconds", "admission"), [(0, "maintenance"), (599, "maintenance"), (600, "open")])
def test_in_a_maintenance_window_alarms_start_nothing(seconds: float, admission: str) -> None:
    brakes = AdmissionLimits(maintenance=[WINDOW])
    facts: dict[str, Any] = {
        "here": OREGON,
        "pair": (IRELAND, OREGON),
        "incident_id": "x",
        "record": first_day(),
        "lease": None,
        "now": at(seconds),
        "max_age": timedelta(minutes=15),
        "brakes": brakes,
    }
    assert admit(a_signal(at=at(seconds)), **facts).admission == admission
    assert admit(a_signal(at=at(seconds), source="operator"), **facts).admission == "open"


def recovered(world: World) -> None:
    """The incident of the tests has ended in a recovery just now."""
    outcome = {"ending": "recovered", "sentence": "Recovered", "reasons": []}
    close_incident.handler({"incident": msgspec.to_builtins(world.given_incident()), "outcome": outcome})


def alarm(world: World, name: str) -> Any:
    """An alarm comes in now."""
    signal = a_signal(at=world.ctx().now())
    return open_incident.handler({"signal": msgspec.to_builtins(signal), "execution": name})


def test_fault_03_a_flapping_alarm_is_listed_until_a_person_acknowledges(world: World) -> None:
    recovered(world)
    brakes = world.ctx().store.controls
    assert alarm(world, "flap-1")["admission"] == "cooldown"
    assert alarm(world, "flap-2")["admission"] == "cooldown"
    assert [one.incident for one in brakes.blocked()] == ["flap-1", "flap-2"]
    assert world.said("flap-1")[0].startswith("Blocked: ")
    assert brakes.acknowledge(an_incident().id, "ada", world.ctx().now())
    assert alarm(world, "flap-3")["admission"] == "open"


def test_closing_twice_does_not_begin_the_cooldown_anew(world: World) -> None:
    recovered(world)
    before = world.ctx().store.controls.recovery()
    world.ctx().store.controls.recovered(an_incident().id, world.ctx().now() + timedelta(hours=5))
    assert world.ctx().store.controls.recovery() == before
