"""The calls of a failover: which count, which stand apart, and who broke the rule."""

from __future__ import annotations

from typing import Any

import pytest

from drills.results.calls import CallFigures, CallRow, figures, plane
from drills.results.path_steps import path_steps
from tests.drills.drill_record import FAULT, LOST, REFUGE, call

STEPS = {"FenceServices", "LiftFence", "PromoteReplica", "Triage"}


def counted(*calls: dict[str, Any]) -> CallFigures:
    return figures(calls, STEPS, LOST, FAULT, FAULT + 20.0)


def test_only_calls_of_the_path_between_fault_and_recovery_count() -> None:
    found = counted(
        call("PromoteReplica", "DescribeDBInstances", 0.0),
        call("PromoteReplica", "DescribeDBInstances", 20.0),
        call("PromoteReplica", "DescribeDBInstances", -0.1),
        call("PromoteReplica", "DescribeDBInstances", 20.1),
        call("BeatHeart", "GetItem", 5.0),
    )
    assert (found.on_path, found.by_step) == (2, {"PromoteReplica": 2})


@pytest.mark.parametrize("step", ["FenceServices", "LiftFence"])
def test_the_fence_stands_apart_when_it_calls_the_lost_region(step: str) -> None:
    found = counted(
        call(step, "UpdateService", 1.0, service="ecs", region=LOST, status=0, ms=1500.0),
        call(step, "UpdateService", 3.0, service="ecs", region=LOST, status=0, ms=None),
        call(step, "PutItem", 4.0, service="dynamodb"),
    )
    assert (found.fence_calls, found.fence_seconds, found.on_path) == (2, 1.5, 1)
    assert (found.to_lost_region, found.offenders, found.by_step) == (0, (), {step: 3})


def test_must_not_fire_on_what_a_function_of_the_lost_region_calls_there() -> None:
    read = call("Triage", "GetSecretValue", 10.0, service="secretsmanager", region=LOST)
    assert counted({**read, "role": f"lyo-dr-incident-response-triage-{LOST}"}).offenders == ()
    assert counted({**read, "role": f"lyo-dr-incident-response-triage-{REFUGE}"}).to_lost_region == 1


def test_any_other_step_that_calls_the_lost_region_is_named() -> None:
    found = counted(
        call("Triage", "DescribeDBInstances", 1.0, region=LOST),
        call("Triage", "DescribeDBInstances", 2.0, region=LOST),
        call("PromoteReplica", "PromoteReadReplica", 3.0),
    )
    assert found.to_lost_region == 2
    assert found.offenders == (f"Triage called rds:DescribeDBInstances in {LOST}",)


@pytest.mark.parametrize(
    ("service", "region", "counts"),
    [
        ("route53", REFUGE, True),  # changed through us-east-1 whatever region the client names
        ("iam", REFUGE, True),
        ("cloudfront", REFUGE, True),
        ("monitoring", "us-east-1", True),
        ("monitoring", REFUGE, False),
        ("dynamodb", REFUGE, False),
    ],
)
def test_a_call_that_needs_a_control_plane_in_us_east_1_is_named(service: str, region: str, counts: bool) -> None:
    found = counted(call("Triage", "DoSomething", 1.0, service=service, region=region))
    assert found.to_us_east_1_control_plane == int(counts)
    assert found.offenders == ((f"Triage called {service}:DoSomething in {region}",) if counts else ())


def test_the_fence_may_not_use_a_global_control_plane_either() -> None:
    found = counted(call("FenceServices", "UpdateHealthCheck", 1.0, service="route53", region="us-east-1"))
    assert (found.fence_calls, found.to_us_east_1_control_plane, len(found.offenders)) == (0, 1, 1)


def test_no_calls_are_no_offence() -> None:
    found = counted()
    assert (found.on_path, found.offenders, found.fence_seconds, found.table) == (0, (), 0, ())


def test_the_table_counts_by_step_service_region_and_plane() -> None:
    found = counted(
        call("Triage", "GetItem", 1.0, service="dynamodb"),
        call("Triage", "PutItem", 1.1, service="dynamodb", status=400),
        call("Triage", "DescribeTable", 1.2, service="dynamodb"),
        call("FenceServices", "UpdateService", 2.0, service="ecs", region=LOST, status=0),
    )
    assert found.table == (
        CallRow("FenceServices", "ecs", LOST, "control", 1, 1),
        CallRow("Triage", "dynamodb", REFUGE, "control", 1, 0),
        CallRow("Triage", "dynamodb", REFUGE, "data", 2, 1),
    )


@pytest.mark.parametrize(
    ("service", "operation", "which"),
    [
        ("monitoring", "PutMetricData", "data"),
        ("monitoring", "PutMetricAlarm", "control"),
        ("rds", "PromoteReadReplica", "control"),
        ("unheard-of", "Anything", "control"),
    ],
)
def test_what_is_not_known_to_serve_at_run_time_is_a_control_plane(service: str, operation: str, which: str) -> None:
    assert plane(service, operation) == which


def test_the_steps_of_the_path_are_read_from_the_state_machines() -> None:
    found = path_steps()
    assert {"Receive", "OpenIncident", "Triage", "FenceServices", "PromoteReplica", "ThrowLatch"} <= found
    assert not {name for name in found if name.endswith("Machine")}
    assert not {"ApplyProtection", "CheckProtection"} & found  # they run after users are served again
