"""The calls of a drill by step, service, region and plane."""

from __future__ import annotations

from typing import Any

import pytest

from drills.results.calls import CallRow, figures, plane


def call(step: str, service: str, operation: str, region: str, status: int = 200) -> dict[str, Any]:
    return {
        "app": step,
        "service": service,
        "op": operation,
        "region": region,
        "status": status,
        "time": 5.0,
        "ms": 2.0,
    }


def test_the_table_counts_each_step_service_region_and_plane_with_its_failures() -> None:
    calls = [
        call("FenceServices", "ecs", "DescribeServices", "eu-west-1", status=0),
        call("RaiseCapacity", "ecs", "UpdateService", "us-west-2"),
        call("RaiseCapacity", "ecs", "DescribeServices", "us-west-2", status=400),
        call("RaiseCapacity", "dynamodb", "PutItem", "us-west-2"),
        call("KeepLatch", "monitoring", "PutMetricData", "us-west-2"),
    ]
    found = figures(calls, {"FenceServices", "RaiseCapacity"}, "eu-west-1", 0.0, 10.0)
    assert found.table == (
        CallRow("FenceServices", "ecs", "eu-west-1", "control", 1, 1),
        CallRow("RaiseCapacity", "dynamodb", "us-west-2", "data", 1, 0),
        CallRow("RaiseCapacity", "ecs", "us-west-2", "control", 2, 1),
    )
    assert sum(row.count for row in found.table) == found.on_path + found.fence_calls


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        ("dynamodb", "UpdateItem", "data"),
        ("dynamodb", "CreateTable", "control"),
        ("monitoring", "PutMetricData", "data"),
        ("monitoring", "DescribeAlarms", "control"),
        ("secretsmanager", "GetSecretValue", "data"),
        ("rds", "DescribeDBInstances", "control"),
        ("route53", "ChangeResourceRecordSets", "control"),
        ("unheard-of", "GetItem", "control"),
    ],
)
def test_what_serves_at_run_time_is_the_data_plane_and_everything_else_the_control_plane(
    service: str, operation: str, expected: str
) -> None:
    assert plane(service, operation) == expected
