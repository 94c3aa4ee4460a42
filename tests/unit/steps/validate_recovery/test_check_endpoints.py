"""What is asked to validate a recovery, of which service, and what traffic waits for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError

from lyo_dr.adapters.aws import session
from lyo_dr.model.facts import Probe
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from lyo_dr.services.common import front_door
from lyo_dr.services.failover import recovery_checks
from lyo_dr.steps.deploy_service import raise_capacity
from lyo_dr.steps.validate_recovery import check_endpoints
from tests.plans import raw_plan_of_two
from tests.unit.aws import World, refusal
from tests.unit.builders import OREGON, a_probe, serving

STARTED = "2026-03-29T12:00:00Z"
QUEUE = {
    "namespace": "AWS/SQS",
    "name": "ApproximateAgeOfOldestMessage",
    "dimensions": {region: {"QueueName": "jobs"} for region in ("eu-west-1", OREGON)},
    "at_most": 300,
}


def worker(**words: Any) -> Plan:
    """``worker`` has no URL, and these words of its own."""
    raw = raw_plan_of_two()
    raw["services"][1] |= {"database": None, **words}
    for place in raw["services"][1]["places"].values():
        del place["url"]
    return read_plan(raw)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every URL that was probed; everything answers, from Oregon."""
    urls: list[str] = []

    def probe(url: str, *_limits: Any, **_how: Any) -> Probe:
        urls.append(url)
        return serving(OREGON)

    monkeypatch.setattr(recovery_checks, "probe", probe)
    monkeypatch.setattr(front_door, "probe", probe)
    monkeypatch.setattr(front_door, "addresses", lambda *_asked: ["192.0.2.1"])
    return urls


Ask = Callable[..., Any]


@pytest.fixture
def ask() -> Ask:
    def asks(world: World, through: str, **changes: Any) -> Any:
        incident = msgspec.to_builtins(changes.get("incident") or world.given_incident())
        return check_endpoints.handler(
            {"incident": incident, "through": through, "started_at": world.ctx().now().isoformat()}
        )

    return asks


def raised(world: World, service: str) -> Any:
    incident = world.given_incident()
    event = {"incident": msgspec.to_builtins(incident), "service": service, "started_at": STARTED}
    raise_capacity.handler(event)
    return incident


def test_a_service_is_asked_for_its_own_endpoints_only(
    build: Callable[[Plan], World], asked: list[str], ask: Ask
) -> None:
    raw = raw_plan_of_two()
    raw["services"][1]["endpoints"] = [{"name": "jobs", "path": "/jobs"}]
    verdict = ask(build(read_plan(raw)), "standby")
    assert verdict["status"] == "ready"
    base = "https://us-west-2.api.lyo-booking.com"
    assert sorted(asked) == [f"{base}/health", f"{base}/health/ready", f"{base}/jobs"]


def test_the_front_door_is_asked_for_the_endpoints_of_the_service_behind_it(
    build: Callable[[Plan], World], asked: list[str], ask: Ask
) -> None:
    raw = raw_plan_of_two()
    raw["services"][1]["endpoints"] = [{"name": "jobs", "path": "/jobs"}]
    ask(build(read_plan(raw)), "front_door")
    assert sorted(asked) == ["https://api.lyo-booking.com/health", "https://api.lyo-booking.com/health/ready"]


def test_the_sentence_names_the_service_and_the_url(
    build: Callable[[Plan], World], monkeypatch: pytest.MonkeyPatch, ask: Ask
) -> None:
    raw = raw_plan_of_two()
    raw["services"][1]["endpoints"] = [{"name": "jobs", "path": "/jobs"}]
    monkeypatch.setattr(recovery_checks, "probe", lambda url, _: a_probe(404) if "jobs" in url else serving(OREGON))
    assert ask(build(read_plan(raw)), "standby")["sentence"] == (
        "Checked directly at the standby: worker: jobs answers 404 instead of 200, asked at "
        "https://us-west-2.api.lyo-booking.com/jobs; checking again"
    )


def test_a_worker_is_judged_by_its_tasks(build: Callable[[Plan], World], asked: list[str], ask: Ask) -> None:
    world = build(worker())
    verdict = ask(world, "standby")
    assert verdict["status"] == "pending"
    assert "worker: 0 of 0 tasks run, minimum is 2" in verdict["sentence"]


def test_a_worker_whose_tasks_run_is_named(build: Callable[[Plan], World], asked: list[str], ask: Ask) -> None:
    world = build(worker())
    verdict = ask(world, "standby", incident=raised(world, "worker"))
    assert verdict["sentence"] == (
        "2 of 2 endpoints respond as expected, checked directly at the standby; running as planned: worker"
    )


def test_must_not_fire_nothing_waits_for_a_worker_that_is_not_critical(
    build: Callable[[Plan], World], asked: list[str], ask: Ask
) -> None:
    world = build(worker(critical=False))
    verdict = ask(world, "front_door")
    assert verdict["status"] == "ready"
    assert verdict["sentence"].endswith("not waited for: worker: 0 of 0 tasks run, minimum is 2")


def test_must_not_fire_nor_does_anything_wait_for_an_api_that_does_not_know_it(
    build: Callable[[Plan], World], asked: list[str], ask: Ask
) -> None:
    world = build(worker(critical=False))
    world.calls.fail("ecs:DescribeServices", refusal("AccessDeniedException"))
    verdict = ask(world, "standby")
    assert verdict["status"] == "ready"
    assert "worker: its tasks are unknown" in verdict["sentence"]


def given_age(world: World, seconds: float) -> None:
    with world.elsewhere():
        session.client("cloudwatch", OREGON).put_metric_data(
            Namespace="AWS/SQS",
            MetricData=[
                {
                    "MetricName": "ApproximateAgeOfOldestMessage",
                    "Dimensions": [{"Name": "QueueName", "Value": "jobs"}],
                    "Value": seconds,
                    "Timestamp": world.ctx().now() - timedelta(minutes=1),
                }
            ],
        )


@pytest.mark.parametrize(("age", "status"), [(301, "pending"), (300, "ready")])
def test_a_worker_is_judged_by_its_metric_too(
    build: Callable[[Plan], World], asked: list[str], ask: Ask, age: float, status: str
) -> None:
    world = build(worker(metric=QUEUE))
    incident = raised(world, "worker")
    given_age(world, age)
    assert ask(world, "standby", incident=incident)["status"] == status


@pytest.mark.parametrize("silence", [None, refusal("AccessDenied", operation="GetMetricData", status=403)])
def test_must_not_fire_a_metric_that_says_nothing_blocks_nothing(
    build: Callable[[Plan], World], asked: list[str], ask: Ask, silence: ClientError | None
) -> None:
    world = build(worker(metric=QUEUE))
    incident = raised(world, "worker")
    if silence is not None:
        world.calls.fail("cloudwatch:GetMetricData", silence)
    verdict = ask(world, "standby", incident=incident)
    assert verdict["status"] == "ready"
    assert "not waited for: worker: AWS/SQS ApproximateAgeOfOldestMessage" in verdict["sentence"]
