"""The plan that is rehearsed: whose names and limits it keeps, and that it hides nothing of what it changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from drills.world.addresses import FRONT_PORT, Addresses
from drills.world.rehearsal_plan import for_rehearsal
from lyo_dr.model.plan import Plan
from tests.plans import lyo_plan, plan_of_two

KEPT = ("name", "regions", "networks", "endpoints", "contacts")


@pytest.fixture(params=[lyo_plan, plan_of_two], ids=["one of each", "two of each"])
def plan(request: pytest.FixtureRequest) -> Plan:
    made: Plan = request.param()
    return made


def durations(plan: Plan) -> dict[str, timedelta]:
    """Every duration below the parts a rehearsal shortens, by its path."""
    searches = {
        f"databases.{database.name}.restore.search_budget": database.restore.search_budget
        for database in plan.databases
    }
    return searches | {
        f"{part}.{field}": value
        for part in ("timing", "budgets", "traffic", "policy", "evidence")
        for field in getattr(plan, part).__struct_fields__
        if isinstance(value := getattr(getattr(plan, part), field), timedelta)
    }


def test_names_and_limits_stay(plan: Plan) -> None:
    rehearsed = for_rehearsal(plan, Addresses(3)).plan
    assert {part: getattr(rehearsed, part) for part in KEPT} == {part: getattr(plan, part) for part in KEPT}
    for kept_database, given_database in zip(rehearsed.databases, plan.databases, strict=True):
        restore = msgspec.structs.replace(kept_database.restore, search_budget=given_database.restore.search_budget)
        assert msgspec.structs.replace(kept_database, restore=restore) == given_database, "but its search, all stays"
    for kept_secret, given_secret in zip(rehearsed.secrets, plan.secrets, strict=True):
        assert (kept_secret.name, kept_secret.keys) == (given_secret.name, given_secret.keys)
        for kept_key, given_key in zip(kept_secret.issued, given_secret.issued, strict=True):
            moved = msgspec.structs.replace(given_key.test, url=kept_key.test.url)
            assert kept_key == msgspec.structs.replace(given_key, test=moved), "but where it is tried, all stays"
    rules = ("failover", "signal_max_age", "maintenance")
    assert [getattr(rehearsed.policy, each) for each in rules] == [getattr(plan.policy, each) for each in rules]
    for kept, given in zip(rehearsed.services, plan.services, strict=True):
        limits = ("name", "desired", "minimum", "ready_path")
        assert [getattr(kept, name) for name in limits] == [getattr(given, name) for name in limits]
        assert {r: (p.cluster, p.service) for r, p in kept.places.items()} == {
            r: (p.cluster, p.service) for r, p in given.places.items()
        }
    traffic = ("strategy", "name", "hosted_zone")
    fronts = [rehearsed.main_front(), plan.main_front()]
    assert len({tuple(getattr(front, each) for each in traffic) for front in fronts}) == 1
    assert rehearsed.objectives.rpo == plan.objectives.rpo
    assert rehearsed.budgets.lease == plan.budgets.lease


def test_every_changed_duration_is_listed_with_both_values_and_no_other(plan: Plan) -> None:
    rehearsal = for_rehearsal(plan, Addresses(0))
    before, after = durations(plan), durations(rehearsal.plan)
    differing = {path: (before[path], after[path]) for path in before if before[path] != after[path]}
    told = {change.path: (change.planned, change.rehearsed) for change in rehearsal.changes}
    assert told == {path: tuple(f"{each.total_seconds():g} s" for each in values) for path, values in differing.items()}
    assert {"timing.probe_timeout", "budgets.promotion", "traffic.ttl"} <= told.keys()


def test_a_plan_that_has_the_rehearsals_durations_already_lists_no_change() -> None:
    once = for_rehearsal(lyo_plan(), Addresses(0)).plan
    assert for_rehearsal(once, Addresses(0)).changes == ()


def test_everything_that_is_called_is_on_loopback(plan: Plan) -> None:
    rehearsed = for_rehearsal(plan, Addresses(5)).plan
    assert rehearsed.main_front().resolvers == ["127.0.0.1:5405"]
    assert rehearsed.observers.witness == "http://127.0.0.1:4605/_gateway/ping/{region}"
    assert {key.test.url for key in rehearsed.issued().values()} == {
        f"http://127.0.0.1:5505/{name.key}" for name in plan.issued()
    }
    fronts = {"eu-west-1": "127.81.5.1", "us-west-2": "127.82.5.1"}
    assert {region: target.address for region, target in rehearsed.main_front().targets.items()} == fronts
    for service in rehearsed.services:
        assert {r: place.url for r, place in service.places.items()} == {
            r: f"http://{address}:{FRONT_PORT}" for r, address in fronts.items()
        }


@pytest.mark.parametrize(("url", "rehearsed"), [("https://api.lyo-booking.com", "http://api.lyo-booking.com:8080")])
def test_the_front_keeps_its_name(url: str, rehearsed: str) -> None:
    assert for_rehearsal(lyo_plan(traffic__url=url), Addresses(0)).plan.main_front().url == rehearsed


@pytest.mark.parametrize(("rto", "rehearsed"), [("PT4H", timedelta(hours=4)), ("PT30M", timedelta(hours=4))])
def test_stages_get_four_hours_at_least_whatever_the_objective(rto: str, rehearsed: timedelta) -> None:
    short: dict[str, Any] = {"triage": "PT3M", "promotion": "PT5M", "capacity": "PT5M", "switch": "PT2M"}
    budgets = {f"budgets__{name}": value for name, value in {**short, "validation": "PT2M"}.items()}
    plan = lyo_plan(objectives__rto=rto, **budgets)
    assert for_rehearsal(plan, Addresses(0)).plan.objectives.rto == rehearsed


def test_hooks_are_left_out_and_that_is_said() -> None:
    """A hook the plan requires would stop each drill: its function is not on this machine."""
    places = dict.fromkeys(lyo_plan().regions.pair, "shop-start")
    hook = {"name": "consumers", "stage": "before_traffic", "budget": "PT2M", "function": places, "required": True}
    rehearsal = for_rehearsal(lyo_plan(hooks=[hook]), Addresses(3))
    assert rehearsal.plan.hooks == []
    (told,) = [change for change in rehearsal.changes if change.path == "hooks"]
    assert told.planned == "consumers"
    assert told.rehearsed.startswith("none")
    assert "hooks" not in {change.path for change in for_rehearsal(lyo_plan(), Addresses(3)).changes}
