"""CallHook with everything a hook may do: answer, wait, raise, say nothing, say nonsense, and do it again."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ReadTimeoutError

from lyo_dr.adapters import clock
from lyo_dr.decisions.common.hooks.answer import LARGEST
from lyo_dr.errors import AutomationPaused, GateNotPassed
from lyo_dr.model.plan import Plan
from lyo_dr.services.common.hooks import without_success
from lyo_dr.steps.run_hooks import call_hook
from tests.plans import lyo_plan
from tests.unit.aws import World, refusal
from tests.unit.builders import IRELAND, OREGON, an_incident

FUNCTION = "arn:aws:lambda:us-west-2:123456789012:function:shop-start"
Build = Callable[[Plan], World]


def a_hook(name: str = "consumers", stage: str = "before_traffic", kind: str = "function", **words: Any) -> Any:
    return {
        "name": name,
        "stage": stage,
        "budget": "PT2M",
        kind: {IRELAND: "shop-start", OREGON: "shop-start"},
        **words,
    }


def answering(*answers: Any) -> tuple[list[Any], Callable[[dict[str, Any]], Any]]:
    """What it was told, and a function that answers so; an exception is raised, bytes are sent as they are."""
    told: list[Any] = []

    def invoke(asked: dict[str, Any]) -> dict[str, Any]:
        answer = answers[min(len(told), len(answers) - 1)]
        told.append({"function": asked["FunctionName"], **json.loads(asked["Payload"])})
        if isinstance(answer, BaseException):
            raise answer
        error = {"FunctionError": "Unhandled"} if isinstance(answer, dict) and "errorType" in answer else {}
        text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        return {"StatusCode": 200, "Payload": io.BytesIO(text), **error}

    return told, invoke


def called(world: World, stage: str = "before_traffic", gate: str | None = "open", **changes: Any) -> Any:
    """One run of the step."""
    incident = an_incident()
    if world.ctx().store.incidents.head(incident.id) is None:
        incident = world.given_incident(gate=gate)
    event = {"incident": msgspec.structs.replace(incident, epoch=1, **changes), "stage": stage}
    return call_hook.handler(msgspec.to_builtins(event))


def later(monkeypatch: pytest.MonkeyPatch, span: timedelta) -> None:
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + span)


def test_hooks_of_a_stage_are_called_in_their_order_and_once(build: Build) -> None:
    world = build(lyo_plan(hooks=[a_hook(), a_hook("cdn"), a_hook("other", "after_traffic")]))
    told, world.calls.functions = answering({"status": "done", "why": "all told"})
    assert [called(world)["status"] for _ in range(4)] == ["next", "next", "done", "done"]
    assert [(each["hook"], each["attempt"], each["function"]) for each in told] == [
        ("consumers", 1, FUNCTION),
        ("cdn", 1, FUNCTION),
    ]
    assert [line.partition(" after ")[0] for line in world.said()] == ["Hook consumers: done", "Hook cdn: done"]


def test_the_key_is_the_same_for_each_call_and_the_attempt_is_not(build: Build) -> None:
    world = build(lyo_plan(hooks=[a_hook()]))
    told, world.calls.functions = answering({"status": "pending"}, {"status": "pending"}, {"status": "done"})
    assert [called(world)["status"] for _ in range(3)] == ["pending", "pending", "next"]
    assert [each["attempt"] for each in told] == [1, 2, 3]
    assert {each["key"] for each in told} == {f"{an_incident().id}/consumers"}
    assert len({each["deadline"] for each in told}) == 1
    assert world.said()[0] == "Hook consumers: not done; asked again"
    assert len(world.said()) == 2, "the same sentence is said once"


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"errorType": "Boom", "errorMessage": "password=hunter2"}, "it failed (it raised Boom)"),
        (b"<html>", "no usable answer (its answer is not JSON)"),
        (b'"' + b"x" * (LARGEST + 1) + b'"', "no usable answer (its answer is longer than 16 KiB)"),
        ({"ok": True}, "no usable answer (its answer has no status done, pending or abort)"),
        (refusal("AccessDeniedException"), "it failed (AccessDenied: "),
        (refusal("ResourceNotFoundException"), "it failed (NotFound: "),
    ],
)
def test_must_not_fire_whatever_it_does_is_a_report_about_it(build: Build, answer: Any, sentence: str) -> None:
    world = build(lyo_plan(hooks=[a_hook()]))
    _, world.calls.functions = answering(answer)
    found = [called(world)["status"] for _ in range(3)]
    assert found[-1] in ("next", "done")
    assert set(found) <= {"pending", "next", "done"}
    said = " ".join(world.said())
    assert sentence in said
    assert "the recovery goes on without it" in said
    assert "hunter2" not in said
    assert without_success(world.ctx(), an_incident().id) == ["consumers"]


def test_a_hook_that_was_never_called_is_without_success(build: Build) -> None:
    plan = lyo_plan(hooks=[a_hook(), a_hook(name="on-call", stage="on_failure")])
    assert without_success(build(plan).ctx(), an_incident().id) == ["consumers"], "only the stages of a failover count"


@pytest.mark.parametrize("silence", [ReadTimeoutError(endpoint_url="https://x"), refusal("ThrottlingException")])
def test_silence_is_waited_for_until_the_budget_is_over(
    build: Build, monkeypatch: pytest.MonkeyPatch, silence: BaseException
) -> None:
    world = build(lyo_plan(hooks=[a_hook()]))
    _, world.calls.functions = answering(silence)
    assert called(world)["status"] == "pending"
    later(monkeypatch, timedelta(minutes=3))
    assert called(world)["status"] == "next"
    assert "no answer after the whole budget of 2 min" in world.said()[-1]


def test_a_required_hook_holds_and_says_so_again_without_another_call(build: Build) -> None:
    world = build(lyo_plan(hooks=[a_hook(stage="before_promotion", required=True), a_hook("cdn", "before_promotion")]))
    told, world.calls.functions = answering({"what": "nonsense"})
    first, second = called(world, "before_promotion"), called(world, "before_promotion")
    assert first["status"] == second["status"] == "hold"
    assert first["sentence"] == second["sentence"]
    assert len(told) == 1, "neither itself nor the one after it"


def test_an_abort_after_a_promotion_is_reported_only(build: Build) -> None:
    world = build(lyo_plan(hooks=[a_hook(stage="before_promotion", may_abort=True)]))
    _, world.calls.functions = answering({"status": "abort"})
    incident = world.given_incident()
    world.ctx().store.incidents.record_once(incident.id, "PROMOTION", "bookings")
    assert called(world, "before_promotion")["status"] == "next"
    assert "it asks to abort, and a database is promoted already" in world.said()[-1]


def test_an_incident_that_is_taken_up_again_repeats_what_had_no_success_only(build: Build) -> None:
    world = build(lyo_plan(hooks=[a_hook(), a_hook("cdn")]))
    told, world.calls.functions = answering({"status": "done"}, {"status": "nonsense"}, {"status": "done"})
    assert [called(world)["status"] for _ in range(3)] == ["next", "next", "done"]
    assert [called(world, execution="second")["status"] for _ in range(2)] == ["next", "done"]
    assert [each["hook"] for each in told] == ["consumers", "cdn", "cdn"]


class Machine:
    """A state machine of the user's, as Step Functions describes its executions."""

    def __init__(self, world: World, *endings: Any) -> None:
        self.started: list[Any] = []
        self._endings = list(endings)
        world.calls.played = {
            "stepfunctions:StartExecution": self._start,
            "stepfunctions:DescribeExecution": self._describe,
            "sfn:StartExecution": self._start,
            "sfn:DescribeExecution": self._describe,
        }

    def _start(self, asked: dict[str, Any]) -> Any:
        self.started.append(asked)
        return {}

    def _describe(self, asked: dict[str, Any]) -> Any:
        if not self.started:
            raise refusal("ExecutionDoesNotExist")
        assert asked["executionArn"].endswith(self.started[0]["name"])
        return self._endings.pop(0)


def test_a_state_machine_is_started_once_and_its_output_is_the_answer(build: Build) -> None:
    world = build(lyo_plan(hooks=[a_hook(kind="state_machine")]))
    done = {"status": "SUCCEEDED", "output": json.dumps({"status": "done", "why": "moved"})}
    machine = Machine(world, {"status": "RUNNING"}, done)
    assert [called(world)["status"] for _ in range(3)] == ["pending", "pending", "next"]
    (start,) = machine.started
    assert start["stateMachineArn"] == "arn:aws:states:us-west-2:123456789012:stateMachine:shop-start"
    assert json.loads(start["input"])["key"] == f"{an_incident().id}/consumers"
    assert "(moved)" in world.said()[-1]


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_must_not_fire_a_state_machine_that_does_not_end_well(build: Build, status: str) -> None:
    world = build(lyo_plan(hooks=[a_hook(kind="state_machine")]))
    Machine(world, {"status": status})
    assert [called(world)["status"] for _ in range(2)] == ["pending", "next"]
    assert f"its execution ended as {status}" in world.said()[-1]


def test_no_hook_is_called_while_the_automation_is_paused_or_the_gate_is_closed(build: Build) -> None:
    world = build(lyo_plan(hooks=[a_hook()]))
    told, world.calls.functions = answering({"status": "done"})
    with pytest.raises(GateNotPassed):
        called(world, gate=None)
    world.ctx().store.incidents.set(an_incident().id, gate="open")
    world.pause()
    with pytest.raises(AutomationPaused):
        called(world)
    assert told == []


def test_what_is_called_on_failure_needs_no_lease_and_no_gate(build: Build) -> None:
    world = build(lyo_plan(hooks=[a_hook(stage="on_failure")]))
    told, world.calls.functions = answering({"status": "done"})
    assert called(world, "on_failure", gate=None, execution="another")["status"] == "next"
    assert told[0]["stage"] == "on_failure"
