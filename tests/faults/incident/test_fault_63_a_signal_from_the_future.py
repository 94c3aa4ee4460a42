"""Fault 63: a signal dated in the future opens nothing; one within the skew of two clocks does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters import clock
from lyo_dr.errors import BadSignal
from lyo_dr.steps.incident_response import open_incident, receive
from tests.unit.aws import World
from tests.unit.breaches import a_breach_signal, a_finding
from tests.unit.builders import IRELAND, a_signal, an_alarm

AHEAD = [timedelta(minutes=1, seconds=1), timedelta(hours=1), timedelta(days=3650)]
WITHIN = [timedelta(0), timedelta(seconds=3), timedelta(minutes=1)]
NOW = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def alarm(ahead: timedelta) -> dict[str, Any]:
    return an_alarm(detail={"state": {"value": "ALARM", "timestamp": (NOW + ahead).isoformat()}})


def finding(ahead: timedelta) -> dict[str, Any]:
    return a_finding(updatedAt=f"{NOW + ahead:%Y-%m-%dT%H:%M:%SZ}")


def opened(signal: Any) -> Any:
    return open_incident.handler({"signal": msgspec.to_builtins(signal), "execution": "x"})


@pytest.mark.parametrize("ahead", AHEAD, ids=str)
@pytest.mark.parametrize("event", [alarm, finding])
def test_fault_63_a_signal_from_the_future_is_not_received(world: World, event: Any, ahead: timedelta) -> None:
    with pytest.raises(
        BadSignal, match=r"in the future, more than the 1 min that two clocks may differ; set the clock"
    ):
        receive.handler(event(ahead))
    assert world.calls.made == []


@pytest.mark.parametrize("ahead", WITHIN, ids=str)
@pytest.mark.parametrize("event", [alarm, finding])
def test_fault_63_the_twin_within_a_minute_it_starts_its_incident(world: World, event: Any, ahead: timedelta) -> None:
    assert receive.handler(event(ahead))["started"] is True
    assert world.executions()


@pytest.mark.parametrize("ahead", AHEAD, ids=str)
@pytest.mark.parametrize("source", ["route53", "operator"])
def test_fault_63_a_signal_from_the_future_opens_nothing(world: World, source: str, ahead: timedelta) -> None:
    answer = opened(a_signal(source=source, at=NOW + ahead))
    assert answer["admission"] == "out_of_date"
    assert f"set the clock of {source} right" in answer["sentence"]
    assert world.said("x") == [answer["sentence"]]
    assert world.ctx().store.control.lease() is None


@pytest.mark.parametrize("ahead", WITHIN, ids=str)
def test_fault_63_the_twin_within_a_minute_it_opens(world: World, ahead: timedelta) -> None:
    assert opened(a_signal(at=NOW + ahead))["admission"] == "open"


def test_fault_63_a_breach_from_the_future_opens_nothing_either(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", IRELAND)
    ahead = msgspec.structs.replace(a_breach_signal(), at=NOW + timedelta(minutes=2))
    assert opened(ahead)["admission"] == "out_of_date"
    assert world.ctx(region=IRELAND).store.control.lease() is None
    assert opened(a_breach_signal())["admission"] == "open", "the twin"
