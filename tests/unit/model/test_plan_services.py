"""What a plan can say about services, and the sentences about what it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.model.plan.file import PlanFaults, read_plan
from tests.plans import lyo_plan, plan_of_two, raw_plan_of_two
from tests.unit.builders import IRELAND, OREGON


def faults(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(PlanFaults) as refused:
        read_plan(raw)
    return refused.value.faults


def two(traffic: dict[str, Any] | None = None, **worker: Any) -> dict[str, Any]:
    """``assistant`` behind the name, and ``worker`` with these words of its own."""
    raw = raw_plan_of_two()
    raw["services"][1] |= worker
    raw["traffic"] |= traffic or {}
    return raw


def without_urls(**worker: Any) -> dict[str, Any]:
    """``worker`` answers no request."""
    raw = two(**{"database": None, **worker})
    for place in raw["services"][1]["places"].values():
        del place["url"]
    return raw


def measured(**metric: Any) -> dict[str, Any]:
    """``worker`` is also judged by the age of what waits in its queue."""
    age: dict[str, Any] = {
        "namespace": "AWS/SQS",
        "name": "ApproximateAgeOfOldestMessage",
        "dimensions": {IRELAND: {"QueueName": "jobs"}, OREGON: {"QueueName": "jobs"}},
        "at_most": 300,
    }
    return without_urls(metric=age | metric)


def with_one_url() -> dict[str, Any]:
    raw = two()
    del raw["services"][1]["places"][OREGON]["url"]
    return raw


def before_the_front(**worker: Any) -> dict[str, Any]:
    """``assistant`` comes after ``worker``."""
    raw = two(**worker)
    raw["services"][0]["after"] = ["worker"]
    return raw


def in_a_circle() -> dict[str, Any]:
    return before_the_front(after=["assistant"])


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nobody says which of two is behind the name": (
        two({"service": None}),
        "traffic.service: missing; name the service behind api.lyo-booking.com: assistant, worker",
    ),
    "a service nobody knows": (
        two({"service": "web"}),
        "traffic.service: there is no service 'web'; write one of assistant, worker",
    ),
    "traffic moves to what it does not wait for": (
        two({"service": "worker"}, critical=False),
        (
            "traffic.service: worker is not critical, has no url or runs once, so traffic would lead to what nobody "
            "waits for; write one of assistant"
        ),
    ),
    "nothing says that it answers": (
        two(endpoints=[]),
        "services[1].endpoints: empty, so nothing says that worker answers; name at least one",
    ),
    "an endpoint twice": (
        two(endpoints=[{"name": "a", "path": "/a"}, {"name": "a", "path": "/b"}]),
        "services[1].endpoints: the name 'a' is used twice; give each its own",
    ),
    "a worker in one region only": (
        with_one_url(),
        "services[1].places.us-west-2.url: missing; give it in both regions, or in none for a worker",
    ),
    "endpoints of what answers nobody": (
        without_urls(endpoints=[{"name": "a", "path": "/a"}]),
        "services[1].endpoints: worker has no url to ask; give its places one, or remove the endpoints",
    ),
    "a report nobody can ask for": (
        without_urls(database="bookings"),
        "services[1].database: worker has no url, so it reports about no database; remove it",
    ),
    "a worker behind the name": (
        {**without_urls(), "traffic": {**two()["traffic"], "service": "worker"}},
        (
            "traffic.service: worker is not critical, has no url or runs once, so traffic would lead to what nobody "
            "waits for; write one of assistant"
        ),
    ),
    "a metric without a limit": (
        measured(at_most=None),
        ("services[1].metric: give either at_most or at_least, so that one side of the limit is a service that works"),
    ),
    "a metric of one region": (
        measured(dimensions={OREGON: {"QueueName": "jobs"}}),
        "services[1].metric.dimensions: given for us-west-2; give them for eu-west-1 and us-west-2",
    ),
    "after a service nobody knows": (
        two(after=["web"]),
        "services[1].after: there is no service 'web'; write some of assistant, worker",
    ),
    "after itself": (
        two(after=["worker"]),
        "services: worker after worker: nothing could be raised first; take one of them out of after",
    ),
    "two in a circle": (
        in_a_circle(),
        (
            "services: assistant after worker after assistant: nothing could be raised first; "
            "take one of them out of after"
        ),
    ),
    "after what nothing waits for": (
        before_the_front(critical=False),
        "services[0].after: worker is not critical, so nothing waits for it; make it critical or leave it out",
    ),
    "after what waits for traffic": (
        before_the_front(runs_once=True),
        (
            "services[0].after: worker runs once and is raised when traffic has moved, which waits for assistant; "
            "leave it out, or set runs_once for assistant, too"
        ),
    ),
    "traffic to what runs once": (
        two({"service": "worker"}, runs_once=True),
        (
            "traffic.service: worker is not critical, has no url or runs once, so traffic would lead to what nobody "
            "waits for; write one of assistant"
        ),
    ),
    "a database nobody knows": (
        two(database="orders"),
        "services[1].database: there is no database 'orders'; write one of bookings, archive",
    ),
}


@pytest.mark.parametrize(("raw", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_broken_alone_is_named_alone(raw: dict[str, Any], sentence: str) -> None:
    assert faults(raw) == [sentence]


def test_of_two_critical_databases_a_service_says_which_it_reports() -> None:
    raw = two(database=None)
    raw["databases"][1]["critical"] = True
    assert faults(raw) == [
        (
            "services[1].database: missing, and the plan has several databases; name the one that the readiness "
            "document of worker reports: bookings, archive"
        )
    ]


def test_the_order_of_a_list_decides_nothing() -> None:
    raw = two(critical=False)
    raw["traffic"]["service"] = None
    turned = {**raw, "services": raw["services"][::-1], "databases": raw["databases"][::-1]}
    for service in turned["services"]:
        service["database"] = None
    assert read_plan(raw).front_service().name == read_plan(turned).front_service().name == "assistant"
    assert read_plan(turned).database_behind(read_plan(turned).front_service()).name == "bookings"


def test_a_service_has_its_own_endpoints_or_those_of_all() -> None:
    plan = read_plan(two(endpoints=[{"name": "jobs", "path": "/jobs"}]))
    assert [each.name for each in plan.endpoints_of(plan.service("worker"))] == ["jobs"]
    assert [each.name for each in plan.endpoints_of(plan.service("assistant"))] == ["alive", "ready"]


def test_a_plan_as_before_says_the_same() -> None:
    plan = lyo_plan()
    assert plan.front_service().name == "assistant"
    assert plan.database_behind(plan.front_service()).name == "bookings"
    assert plan_of_two().front_service().name == "assistant"


def test_a_worker_needs_no_word_about_names_endpoints_or_databases() -> None:
    raw = without_urls()
    raw["traffic"]["service"] = None
    plan = read_plan(raw)
    assert (plan.front_service().name, plan.service("worker").listens) == ("assistant", False)
    assert read_plan(measured()).service("worker").metric is not None


def test_what_is_raised_later_needs_its_time_within_the_objective() -> None:
    raw = two(runs_once=True)
    raw["objectives"]["rto"] = "PT1H40M"
    (found,) = faults(raw)
    assert found.startswith("objectives.rto: 1 h 40 min is less than the budgets of a failover allow (1 h 45 min = ")
    assert " + capacity of what runs once 15 min + " in found
    raw["services"][1]["critical"] = False
    assert read_plan(raw).service("worker").runs_once
