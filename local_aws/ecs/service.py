"""A service as the ECS API describes it, derived from its tasks."""

from datetime import UTC, datetime
from typing import Any

from local_aws.ecs.service_tasks import Rollout, ServiceTasks


class Service:
    """Replaces moto's service, whose running count is whatever was desired.

    Attributes carry the names by which moto's answers look for them.
    """

    def __init__(self, arn: str, cluster_arn: str, name: str, tasks: ServiceTasks, settings: dict[str, Any]) -> None:
        self.arn = arn
        self.cluster_arn = cluster_arn
        self.cluster_name = cluster_arn.split("/")[-1]
        self.name = name
        self.service_tasks = tasks
        self.status = "ACTIVE"
        self.created_at = datetime.now(UTC)
        self.launch_type = settings.get("launch_type") or "FARGATE"
        self.scheduling_strategy = settings.get("scheduling_strategy") or "REPLICA"
        self.platform_version = settings.get("platform_version") or "LATEST"
        self.propagate_tags = settings.get("propagate_tags") or "NONE"
        self.deployment_controller = settings.get("deployment_controller") or {"type": "ECS"}
        self.network_configuration = settings.get("network_configuration") or {}
        self.load_balancers = settings.get("load_balancers") or []
        self.service_registries = settings.get("service_registries") or []
        self.tags = settings.get("tags") or []
        self.role_arn = settings.get("role_arn")
        self.task_sets: list[Any] = []
        self.events: list[Any] = []

    @property
    def task_definition(self) -> str:
        """The ARN of the newest revision."""
        return self.service_tasks.primary.definition_arn

    @property
    def desired_count(self) -> int:
        """The wanted number of tasks."""
        return self.service_tasks.desired

    @property
    def running_count(self) -> int:
        """Tasks that answer their health check."""
        return self.service_tasks.running()

    @property
    def pending_count(self) -> int:
        """Tasks that do not yet answer."""
        return self.service_tasks.pending()

    @property
    def deployments(self) -> list[dict[str, Any]]:
        """The rollouts, the newest (PRIMARY) first."""
        return [self._deployment(rollout) for rollout in self.service_tasks.rollouts]

    def _deployment(self, rollout: Rollout) -> dict[str, Any]:
        primary = rollout is self.service_tasks.primary
        state = "COMPLETED" if rollout.completed else "IN_PROGRESS"
        return {
            "id": rollout.id,
            "status": "PRIMARY" if primary else "ACTIVE",
            "taskDefinition": rollout.definition_arn,
            "desiredCount": self.service_tasks.desired if primary else 0,
            "runningCount": self.service_tasks.running(rollout),
            "pendingCount": self.service_tasks.pending(rollout),
            "failedTasks": rollout.failed_tasks,
            "rolloutState": state,
            "rolloutStateReason": f"ECS deployment {rollout.id} {state.lower().replace('_', ' ')}.",
            "launchType": self.launch_type,
            "platformVersion": self.platform_version,
            "networkConfiguration": self.network_configuration or None,
            "createdAt": rollout.created_at,
            "updatedAt": rollout.updated_at,
        }
