"""Amazon ECS: services, their autoscaling limits, and descriptions in full for evidence."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.errors import AccessDenied, AwsCallFailed, NotFound, ServiceUnreachable, Throttled
from lyo_dr.model.facts import ROLLING, ServiceState
from lyo_dr.model.plan import ServiceLocation

_DIMENSION = "ecs:service:DesiredCount"
LIMITS_AWAY = (AccessDenied, AwsCallFailed, ServiceUnreachable, Throttled)
"""What Application Auto Scaling may answer without keeping a service from being scaled: it is not needed to serve."""


_LIMITS_SECONDS = 2.0
_LIMITS_ATTEMPTS = 2
"""Application Auto Scaling is asked briefly, so that its silence leaves time to set the number of tasks."""


class Ecs:
    """Services of one region. ``read_seconds`` and ``attempts`` are shorter for a region that may be gone."""

    def __init__(self, region: str, *, read_seconds: float = 5.0, attempts: int = 4) -> None:
        self.region = region
        self._read_seconds = read_seconds
        self._attempts = attempts

    def counts(self, place: ServiceLocation) -> ServiceState:
        """Counts of the service, its autoscaling limits left out. Raises NotFound."""
        with calling(f"describing service {place.service} in {self.region}"):
            answer = self._ecs.describe_services(cluster=place.cluster, services=[place.service])
        # ECS goes on describing a deleted service for a while.
        if not [service for service in answer["services"] if service.get("status") != "INACTIVE"]:
            raise NotFound(f"service {place.service} does not exist in cluster {place.cluster} of {self.region}")
        return _state(answer["services"][0])

    def state(self, place: ServiceLocation) -> ServiceState:
        """Counts of the service, with its autoscaling limits. Raises NotFound."""
        return self.with_limits(self.counts(place), place)

    def with_limits(self, counts: ServiceState, place: ServiceLocation) -> ServiceState:
        """The counts completed by the autoscaling limits. Raises LIMITS_AWAY."""
        minimum, maximum = self._scaling_limits(place)
        return msgspec.structs.replace(counts, minimum_capacity=minimum, maximum_capacity=maximum)

    def stop_reasons(self, place: ServiceLocation) -> list[str]:
        """Why tasks of the service stopped, newest first, at most five; empty when none did."""
        with calling(f"listing stopped tasks of {place.service} in {self.region}"):
            stopped = _tasks(self._ecs, place, "STOPPED")
        # No document says in which order they are listed.
        newest = sorted(stopped, key=lambda task: str(task.get("stoppedAt", "")), reverse=True)
        return [str(task["stoppedReason"]) for task in newest if task.get("stoppedReason")][:_REASONS]

    def scale(self, place: ServiceLocation, *, minimum: int | None, maximum: int | None, desired: int | None) -> str:
        """Autoscaling limits first, then the number of tasks; None leaves it. Raises NotFound, AwsCallFailed.

        Returns in words what kept the limits from being set, or nothing. Application Auto Scaling asks for rights in
        ECS and CloudWatch of its own (user guide, "Permissions validation"): users wait for tasks, not for limits.
        """
        refused = ""
        if minimum is not None and maximum is not None:
            try:
                self.set_minimum(place, minimum, maximum)
            except LIMITS_AWAY as refusal:
                refused = f"; its autoscaling limits stay as they are and may undo that ({refusal})"
        if desired is not None:
            self.set_desired(place, desired)
        return refused

    def set_minimum(self, place: ServiceLocation, minimum: int, maximum: int) -> None:
        """Set the autoscaling limits; it acts on a service outside them within a minute."""
        with calling(f"setting the autoscaling limits of {place.service} in {self.region}"):
            self._scaling.register_scalable_target(
                ServiceNamespace="ecs",
                ResourceId=_resource(place),
                ScalableDimension=_DIMENSION,
                MinCapacity=minimum,
                MaxCapacity=maximum,
            )

    def set_desired(self, place: ServiceLocation, desired: int) -> None:
        """Set the number of tasks. Raises NotFound, AwsCallFailed."""
        with calling(f"setting the desired count of {place.service} in {self.region}"):
            self._ecs.update_service(cluster=place.cluster, service=place.service, desiredCount=desired)

    def deploy_again(self, place: ServiceLocation) -> None:
        """Replace the tasks by new ones, which read their secrets anew. Raises NotFound, AwsCallFailed.

        ECS refuses it under any deployment controller but its own (developer guide, "Amazon ECS deployment controllers
        and strategies"): ``decisions/common/redeployment.py`` tells beforehand.
        """
        with calling(f"deploying {place.service} in {self.region} anew"):
            self._ecs.update_service(cluster=place.cluster, service=place.service, forceNewDeployment=True)

    def _scaling_limits(self, place: ServiceLocation) -> tuple[int | None, int | None]:
        with calling(f"describing the autoscaling of {place.service} in {self.region}"):
            targets = self._scaling.describe_scalable_targets(
                ServiceNamespace="ecs", ResourceIds=[_resource(place)], ScalableDimension=_DIMENSION
            )["ScalableTargets"]
        return (targets[0]["MinCapacity"], targets[0]["MaxCapacity"]) if targets else (None, None)

    @property
    def _ecs(self) -> Any:
        return client("ecs", self.region, read_seconds=self._read_seconds, attempts=self._attempts)

    @property
    def _scaling(self) -> Any:
        return client(
            "application-autoscaling",
            self.region,
            read_seconds=min(_LIMITS_SECONDS, self._read_seconds),
            attempts=min(_LIMITS_ATTEMPTS, self._attempts),
        )


def _resource(place: ServiceLocation) -> str:
    return f"service/{place.cluster}/{place.service}"


def _state(raw: dict[str, Any]) -> ServiceState:
    return ServiceState(
        desired=raw["desiredCount"],
        running=raw["runningCount"],
        pending=raw["pendingCount"],
        rollout=_rollout(raw),
        controller=raw.get("deploymentController", {}).get("type", ROLLING),
    )


def _rollout(raw: dict[str, Any]) -> str:
    """State of the newest deployment, in the words of ECS's own controller.

    Under the other controllers a service has task sets and no deployments; theirs is ``STEADY_STATE`` once everything
    that is wanted runs and is healthy (API reference, TaskSet, ``stabilityStatus``).
    """
    if raw.get("deploymentController", {}).get("type", ROLLING) == ROLLING:
        return str(_primary(raw.get("deployments", [])).get("rolloutState", "COMPLETED"))
    return "COMPLETED" if _primary(raw.get("taskSets", [])).get("stabilityStatus") == "STEADY_STATE" else "IN_PROGRESS"


def _primary(found: list[dict[str, Any]]) -> dict[str, Any]:
    return next((each for each in found if each.get("status") == "PRIMARY"), {})


Described = dict[str, Any]
_AT_ONCE = 100
"""Tasks in one call (ECS API reference, DescribeTasks)."""
_REASONS = 5


def describe_service(place: ServiceLocation, region: str) -> Described:
    """The service, with its deployments and last events; empty when there is none. Raises NotFound."""
    with calling(f"describing service {place.service} in {region}"):
        found = client("ecs", region).describe_services(cluster=place.cluster, services=[place.service])["services"]
    return dict(found[0]) if found else {}


def describe_tasks(place: ServiceLocation, region: str) -> list[Described]:
    """Every task, running or stopped within the last hour. Raises NotFound."""
    ecs = client("ecs", region)
    with calling(f"describing the tasks of {place.service} in {region}"):
        return [task for status in ("RUNNING", "STOPPED") for task in _tasks(ecs, place, status)]


def _tasks(ecs: Any, place: ServiceLocation, status: str) -> list[Described]:
    """The tasks of a service with this desired status, in no order."""
    tasks: list[Described] = []
    pages = ecs.get_paginator("list_tasks").paginate(
        cluster=place.cluster, serviceName=place.service, desiredStatus=status
    )
    for page in pages:
        for first in range(0, len(page["taskArns"]), _AT_ONCE):
            arns = page["taskArns"][first : first + _AT_ONCE]
            tasks += ecs.describe_tasks(cluster=place.cluster, tasks=arns)["tasks"]
    return tasks


def describe_definition(arn: str, region: str) -> Described:
    """A task definition: image, roles, names of secrets. Raises AwsCallFailed."""
    with calling(f"describing task definition {arn}"):
        return dict(client("ecs", region).describe_task_definition(taskDefinition=arn)["taskDefinition"])
