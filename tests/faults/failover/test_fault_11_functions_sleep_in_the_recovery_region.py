"""Fault 11: functions are throttled, cold or asleep where they are needed."""

from __future__ import annotations

import json

import pytest

from stacks.asl_yaml import expand, machine_files
from tests.plans import lyo_plan
from tests.unit.builders import unread_replica
from tests.unit.probes import judged


@pytest.mark.parametrize("process", machine_files())
def test_fault_11_every_step_waits_for_a_function_that_wakes_up_and_for_one_that_is_throttled(process: str) -> None:
    text = expand(machine_files()[process], lyo_plan())
    tasks = text.count('"Resource": "${') + text.count('"FunctionName": "${')
    assert text.count('"Lambda.ResourceNotReadyException"') >= tasks
    assert text.count('"Lambda.TooManyRequestsException"') >= tasks
    assert json.loads(text)["TimeoutSeconds"] > 0


def test_fault_11_a_reading_function_that_never_woke_is_unknown_and_not_silence() -> None:
    asleep = unread_replica(error="Lambda.ResourceNotReadyException")
    assert judged(replicas=[asleep], time_left=60).decision == "look_again"
    assert judged(replicas=[asleep]).decision == "ask"


def test_fault_11_the_twin_a_reading_that_came_may_act() -> None:
    assert judged().decision == "act"
