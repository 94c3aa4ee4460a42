"""Services whose tasks ECS does not replace: known before anything is changed that tasks read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.decisions.common.redeployment import not_replaceable
from lyo_dr.errors import TasksNotReplaceable
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Plan
from lyo_dr.services.restore import rollback
from lyo_dr.steps.breach_response import judge_breach, renew_tasks
from lyo_dr.steps.database_restore import renew_tasks as renew_restored
from lyo_dr.steps.database_restore import stop_damage
from lyo_dr.steps.deploy_service import raise_capacity
from lyo_dr.steps.restore_replicated import renew_services
from lyo_dr.steps.secret_rotation import open_rotation
from tests.plans import lyo_plan
from tests.unit.aws import World, refusal
from tests.unit.breaches import BREACH, a_breach_signal, given_breach
from tests.unit.builders import IRELAND, OREGON

OTHERS = ("CODE_DEPLOY", "EXTERNAL")
WRITES = ("dynamodb:UpdateItem", "dynamodb:PutItem", "dynamodb:TransactWriteItems", "ecs:UpdateService")


def deployed_by(
    world: World, controller: str, *, running: int = 2, stability: str = "STEADY_STATE"
) -> list[dict[str, Any]]:
    """Services as ECS describes and changes them under another controller; every change that was asked for."""
    asked: list[dict[str, Any]] = []

    def describe(_: dict[str, Any]) -> dict[str, Any]:
        task_set = {"status": "PRIMARY", "stabilityStatus": stability}
        service = {"status": "ACTIVE", "desiredCount": running, "runningCount": running, "pendingCount": 0}
        return {
            "services": [
                {**service, "deploymentController": {"type": controller}, "taskSets": [task_set], "deployments": []}
            ]
        }

    def update(change: dict[str, Any]) -> dict[str, Any]:
        asked.append(change)
        if change.get("forceNewDeployment"):
            # As ECS words it; refused by its validation, so nothing has changed.
            said = f"Cannot force a new deployment on services with a {controller} deployment controller."
            raise refusal("InvalidParameterException", said, "UpdateService")
        return {"service": {}}

    world.calls.played["ecs:DescribeServices"] = describe
    world.calls.played["ecs:UpdateService"] = update
    return asked


def written(world: World) -> list[str]:
    return [name for name in world.calls.made if name in WRITES]


def event(incident: Incident, **more: Any) -> dict[str, Any]:
    return {"incident": msgspec.to_builtins(incident), **{k: msgspec.to_builtins(v) for k, v in more.items()}}


@pytest.mark.parametrize("controller", OTHERS)
def test_r6_a_rotation_is_refused_before_the_lease_is_taken(
    world: World, monkeypatch: pytest.MonkeyPatch, controller: str
) -> None:
    monkeypatch.setenv("AWS_REGION", IRELAND)
    deployed_by(world, controller)
    order = {"order": {"by": "ada"}, "execution": "x", "started_at": datetime.now(UTC).isoformat()}
    with pytest.raises(TasksNotReplaceable, match=f"service assistant, its deployment controller is {controller}"):
        open_rotation.handler(order)
    assert world.ctx(region=OREGON).store.control.lease() is None
    assert written(world) == []


def test_r6_the_twin_a_rotation_opens_where_ecs_replaces_tasks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", IRELAND)
    order = {"order": {"by": "ada"}, "execution": "x", "started_at": datetime.now(UTC).isoformat()}
    assert open_rotation.handler(order)["status"] == "open"


@pytest.fixture
def breach(world: World, monkeypatch: pytest.MonkeyPatch) -> Incident:
    monkeypatch.setenv("AWS_REGION", IRELAND)
    return given_breach(world)


@pytest.mark.parametrize("controller", OTHERS)
def test_r6_a_breach_says_before_the_question_what_will_not_be_done(
    world: World, breach: Incident, controller: str
) -> None:
    deployed_by(world, controller)
    course = judge_breach.handler(event(breach, signal=a_breach_signal()))
    assert course["status"] == "ask"
    assert controller in course["evidence"][-1]
    assert "not rotated" in course["evidence"][-1]


def test_r6_the_twin_a_breach_is_judged_where_ecs_does_not_answer(world: World, breach: Incident) -> None:
    world.calls.fail("ecs:DescribeServices", refusal("ServerException", status=500))
    course = judge_breach.handler(event(breach, signal=a_breach_signal()))
    assert course["status"] == "ask"
    assert not any("deployment controller" in line for line in course["evidence"])


@pytest.mark.parametrize("controller", OTHERS)
def test_r6_no_moment_from_which_sessions_end_where_no_task_gets_a_new_one(
    world: World, breach: Incident, controller: str
) -> None:
    asked = deployed_by(world, controller)
    incidents = world.ctx(region=IRELAND).store.incidents
    incidents.set(BREACH, gate="open")
    with pytest.raises(TasksNotReplaceable):
        renew_tasks.handler(event(breach))
    assert asked == []
    assert incidents.read_note(BREACH, "CUTOFF", "sessions") is None


def a_plan(stop: str) -> Plan:
    return lyo_plan(databases__0__restore__stop=stop)


@pytest.mark.parametrize("stop", ["read_only", "nothing"])
@pytest.mark.parametrize("controller", OTHERS)
def test_r6_a_restore_under_which_tasks_stay_is_refused_before_anything_is_stopped(
    build: Callable[[Plan], World], controller: str, stop: str
) -> None:
    world = build(a_plan(stop))
    incident = world.given_incident(database="bookings")
    asked = deployed_by(world, controller)
    with pytest.raises(TasksNotReplaceable, match=r"or set restore\.stop to zero"):
        stop_damage.handler(event(incident, database="bookings", started_at=datetime.now(UTC)))
    assert asked == []
    assert world.ctx().store.incidents.notes(incident.id, "STOPPED") == []


@pytest.mark.parametrize("controller", OTHERS)
def test_r6_the_twin_a_restore_that_stops_the_tasks_starts_them_anew(world: World, controller: str) -> None:
    incident = world.given_incident(database="bookings")
    asked = deployed_by(world, controller, running=0)
    verdict = renew_restored.handler(event(incident, service="assistant"))
    assert "has no tasks; its next ones read the current secrets" in verdict["sentence"]
    assert asked == []


RENEWALS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "after a restore": (renew_restored.handler, {"service": "assistant"}),
    "from replicated backups": (renew_services.handler, {"database": "bookings", "restored": {"database": "bookings"}}),
}


@pytest.mark.parametrize(("handler", "more"), RENEWALS.values(), ids=RENEWALS.keys())
def test_r6_running_tasks_with_former_secrets_are_a_failure_with_what_to_do(
    world: World, handler: Callable[..., Any], more: dict[str, Any]
) -> None:
    incident = world.given_incident(database="bookings")
    asked = deployed_by(world, "CODE_DEPLOY")
    with pytest.raises(TasksNotReplaceable, match="create a deployment in AWS CodeDeploy"):
        handler(event(incident, **more))
    assert asked == []


@pytest.mark.parametrize(("running", "says"), [(2, "its tasks still use the other secrets"), (0, "")])
def test_r6_a_rollback_goes_on_and_says_whose_tasks_have_to_be_replaced(
    world: World, monkeypatch: pytest.MonkeyPatch, running: int, says: str
) -> None:
    incident = world.given_incident(database="bookings")
    asked = deployed_by(world, "CODE_DEPLOY", running=running)
    monkeypatch.setattr(rollback, "_secrets_back", lambda *_: ["app-secrets"])
    store = world.ctx().store
    store.incidents.record_once(incident.id, "POINTED", "bookings", instance="x")
    store.incidents.record_once(incident.id, "STOPPED", "assistant", desired=2, minimum=1, maximum=4)
    said = rollback.roll_back(world.ctx(), incident, "bookings")
    assert said.startswith("Rolled back: app-secrets, assistant")
    assert says in said
    assert ("secrets (" in said) is bool(says)
    assert [change.get("desiredCount") for change in asked] == [2]


@pytest.mark.parametrize("controller", OTHERS)
def test_r6_capacity_is_raised_under_every_controller_by_the_number_of_tasks_alone(
    world: World, controller: str
) -> None:
    incident = world.given_incident()
    asked = deployed_by(world, controller, running=0)
    raise_capacity.handler(event(incident, service="assistant", started_at=datetime.now(UTC)))
    assert [set(change) - {"cluster", "service"} for change in asked] == [{"desiredCount"}]


@pytest.mark.parametrize(("stability", "rollout"), [("STEADY_STATE", "COMPLETED"), ("STABILIZING", "IN_PROGRESS")])
@pytest.mark.parametrize("controller", OTHERS)
def test_r6_the_rollout_of_task_sets_is_read_as_theirs(
    world: World, controller: str, stability: str, rollout: str
) -> None:
    deployed_by(world, controller, stability=stability)
    state = Ecs(OREGON).counts(world.plan.services[0].places[OREGON])
    assert (state.controller, state.rollout) == (controller, rollout)


def test_r6_every_service_is_named_with_what_a_person_can_do() -> None:
    assert not_replaceable({"a": "ECS", "b": "ECS"}) is None
    said = not_replaceable({"a": "ECS", "b": "CODE_DEPLOY", "c": "EXTERNAL"})
    assert said is not None
    assert "service a" not in said
    assert "service b, its deployment controller is CODE_DEPLOY: create a deployment in AWS CodeDeploy" in said
    assert "service c, its deployment controller is EXTERNAL: create a task set with your own deployment tool" in said
