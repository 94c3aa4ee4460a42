"""When a service may be raised: situations, and what must not make it wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lyo_dr.decisions.common.turns import not_here, not_yet
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from lyo_dr.model.plan.order import circle, depth, rank
from tests.plans import plan_of_two, raw_plan_of_two
from tests.unit.builders import OREGON, a_deadline, a_service

BUDGET = timedelta(minutes=15)
HALF, WHOLE = 450.0, 900.0


def in_a_row(*names: str) -> Plan:
    """Services of two tasks each; each comes after the one before it."""
    raw = raw_plan_of_two()
    first = raw["services"][0]
    raw["services"] = [
        {**first, "name": name, "places": _places(first, name), "after": list(names[number - 1 : number])}
        for number, name in enumerate(names)
    ]
    raw["traffic"]["service"] = names[0]
    return read_plan(raw)


def _places(service: dict[str, Any], name: str) -> dict[str, Any]:
    return {region: {**place, "service": name} for region, place in service["places"].items()}


SITUATIONS: dict[str, tuple[ServiceState, float, bool]] = {
    "nothing runs yet": (a_service(0, 0), 0, True),
    "a warm standby that was not raised yet": (a_service(1, 1), 0, True),
    "raised, and its tasks start": (a_service(2, 1, pending=1), 0, True),
    "one more starts than is needed": (a_service(2, 2, pending=1), 0, True),
    "all of them run": (a_service(2, 2), 0, False),
    "autoscaling has added some": (a_service(5, 5), 0, False),
    "its rollout has failed": (a_service(2, 0, rollout="FAILED"), 0, False),
    "not stable just before its share is over": (a_service(2, 1), HALF - 1, True),
    "its share is over": (a_service(2, 1), HALF, False),
    "everything is over": (a_service(0, 0), WHOLE, False),
}


@pytest.mark.parametrize(("state", "spent", "waits"), SITUATIONS.values(), ids=SITUATIONS.keys())
def test_a_service_waits_for_the_one_it_comes_after(state: ServiceState, spent: float, waits: bool) -> None:
    plan = in_a_row("api", "worker")
    found = not_yet(plan, plan.service("worker"), {"api": state}, a_deadline(BUDGET, spent=spent))
    assert found == ("worker is raised after api, not stable yet" if waits else None)


def test_must_not_fire_a_service_that_comes_after_none_waits_for_none() -> None:
    plan = in_a_row("api", "worker")
    assert not_yet(plan, plan.service("api"), {}, a_deadline(BUDGET)) is None


@pytest.mark.parametrize(
    ("name", "spent", "waits"),
    [("worker", 299, True), ("worker", 300, False), ("mail", 599, True), ("mail", 600, False)],
)
def test_of_three_in_a_row_each_has_a_third_of_the_budget(name: str, spent: float, waits: bool) -> None:
    plan = in_a_row("api", "worker", "mail")
    before = {before: a_service(0, 0) for before in plan.service(name).after}
    assert (not_yet(plan, plan.service(name), before, a_deadline(BUDGET, spent=spent)) is not None) == waits


def test_every_service_that_is_missing_is_named() -> None:
    plan = in_a_row("api", "web")
    both = {"api": a_service(0, 0), "web": a_service(2, 2)}
    assert not_yet(plan, plan.service("web"), both, a_deadline(BUDGET)) == "web is raised after api, not stable yet"


ONCE: dict[str, tuple[bool, bool, bool]] = {
    "runs once, before authority": (True, False, True),
    "must not fire: runs once, after authority": (True, True, False),
    "must not fire: runs anywhere, before authority": (False, False, False),
    "must not fire: runs anywhere, after authority": (False, True, False),
}


@pytest.mark.parametrize(("once", "authority", "held"), ONCE.values(), ids=ONCE.keys())
def test_what_runs_once_follows_authority(once: bool, authority: bool, held: bool) -> None:
    raw = raw_plan_of_two()
    raw["services"][1]["runs_once"] = once
    found = not_here(read_plan(raw).service("worker"), authority=authority, region=OREGON)
    assert found == ("worker runs once: it is raised when us-west-2 has taken authority" if held else None)


def test_ranks_follow_the_longest_chain() -> None:
    plan = in_a_row("api", "worker", "mail")
    assert [rank(plan, service.name) for service in plan.services] == [0, 1, 2]
    assert (depth(plan), depth(plan_of_two())) == (2, 0)
    assert (circle(plan), circle(plan_of_two())) == ([], [])


def test_what_is_stopped_first_comes_first_and_the_rest_as_planned() -> None:
    raw: dict[str, Any] = raw_plan_of_two()
    assert [service.name for service in read_plan(raw).stopping_order()] == ["assistant", "worker"]
    raw["services"][1]["stop_first"] = True
    assert [service.name for service in read_plan(raw).stopping_order()] == ["worker", "assistant"]
