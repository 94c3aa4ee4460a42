"""What runs on ECS, described in full: for evidence, not for decisions."""

from __future__ import annotations

from typing import Any

from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.model.plan import ServicePlace

Described = dict[str, Any]
_AT_ONCE = 100
"""Tasks in one call (ECS API reference, DescribeTasks)."""


def describe_service(place: ServicePlace, region: str) -> Described:
    """The service, with its deployments and last events; empty when there is none. Raises NotFound."""
    with calling(f"describing service {place.service} in {region}"):
        found = client("ecs", region).describe_services(cluster=place.cluster, services=[place.service])["services"]
    return dict(found[0]) if found else {}


def describe_tasks(place: ServicePlace, region: str) -> list[Described]:
    """Every task, running or stopped within the last hour. Raises NotFound."""
    ecs = client("ecs", region)
    tasks: list[Described] = []
    with calling(f"describing the tasks of {place.service} in {region}"):
        for status in ("RUNNING", "STOPPED"):
            pages = ecs.get_paginator("list_tasks").paginate(
                cluster=place.cluster, serviceName=place.service, desiredStatus=status
            )
            for page in pages:
                for first in range(0, len(page["taskArns"]), _AT_ONCE):
                    arns = page["taskArns"][first : first + _AT_ONCE]
                    tasks += ecs.describe_tasks(cluster=place.cluster, tasks=arns)["tasks"]
    return tasks


def describe_definition(arn: str, region: str) -> Described:
    """A task definition: image, roles, names of secrets. Raises CallRefused."""
    with calling(f"describing task definition {arn}"):
        return dict(client("ecs", region).describe_task_definition(taskDefinition=arn)["taskDefinition"])
