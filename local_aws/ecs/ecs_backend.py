"""ECS with real processes behind it: moto's answers follow what the processes do."""

from collections.abc import Mapping
from typing import Any

from moto.applicationautoscaling import models as moto_scaling
from moto.ecs import models as moto_ecs
from moto.ecs.exceptions import InvalidParameterException, ServiceNotFoundException

from local_aws.ecs.scheduler import Limits, Scheduler, ServiceKey
from local_aws.ecs.service import Service
from local_aws.ecs.service_tasks import Rollout
from local_aws.ecs.tasks import Task, TaskSpec
from local_aws.secretsmanager import secrets_backend

_DIMENSION = "ecs:service:DesiredCount"


class Ecs(moto_ecs.EC2ContainerServiceBackend):  # type: ignore[misc]
    """The API of one region. Clusters and task definitions are moto's; services and tasks are ours."""

    scheduler: Scheduler

    @property
    def _url_module(self) -> Any:
        from moto.ecs import urls

        return urls

    def create_service(
        self,
        cluster_str: str,
        service_name: str,
        desired_count: int | None,
        task_definition_str: str,
        load_balancers: Any = None,
        scheduling_strategy: Any = None,
        tags: Any = None,
        deployment_controller: Any = None,
        launch_type: Any = None,
        **settings: Any,
    ) -> Service:
        """Begin to run a service; raises ECSException. Networks are not looked up: ministack serves EC2."""
        cluster = self._get_cluster(cluster_str)
        former = self.services.get(f"{cluster.name}:{service_name}")
        if former is not None and former.status == "ACTIVE":
            raise InvalidParameterException("Creation of service was not idempotent.")
        definition = self.describe_task_definition(task_definition_str)
        key = ServiceKey(self.region_name, cluster.name, service_name)
        tasks = self.scheduler.add(key, definition.arn, desired_count or 0, lambda r: self._spec(cluster, key, r))
        arn = cluster.arn.replace(":cluster/", ":service/") + "/" + service_name
        settings |= {
            "load_balancers": load_balancers,
            "scheduling_strategy": scheduling_strategy,
            "tags": tags,
            "deployment_controller": deployment_controller,
            "launch_type": launch_type,
        }
        service = Service(arn, cluster.arn, service_name, tasks, settings)
        self.services[f"{cluster.name}:{service_name}"] = service
        return service

    def update_service(self, service_properties: dict[str, Any]) -> Service:
        """Change count or task definition, or replace all tasks; raises ECSException."""
        service = self._active(service_properties.get("cluster") or "default", service_properties["service"])
        wanted = service_properties.get("task_definition")
        definition = self.describe_task_definition(wanted).arn if wanted else service.task_definition
        if definition != service.task_definition or service_properties.get("force_new_deployment"):
            service.service_tasks.roll_out(definition)
        if (desired := service_properties.get("desired_count")) is not None:
            service.service_tasks.desired = int(desired)
        return service

    def delete_service(self, cluster_name: str, service_name: str, force: bool) -> Service:
        """Stop a service for good; raises ECSException while it is scaled above 0, unless forced."""
        service = self._active(cluster_name, service_name)
        if service.desired_count > 0 and not force:
            raise InvalidParameterException("The service cannot be stopped while it is scaled above 0.")
        service.service_tasks.desired = 0
        service.status = "INACTIVE"
        return service

    def describe_clusters(self, cluster_names: list[str]) -> tuple[list[Any], list[Any]]:
        """Clusters with the numbers of what runs in them."""
        clusters, failures = super().describe_clusters(cluster_names)
        for cluster in clusters:
            services = [s for s in self.services.values() if s.cluster_arn == cluster.arn and s.status == "ACTIVE"]
            cluster.active_services_count = len(services)
            cluster.running_tasks_count = sum(service.running_count for service in services)
            cluster.pending_tasks_count = sum(service.pending_count for service in services)
        return clusters, failures

    def list_tasks(
        self,
        cluster_str: str | None = None,
        container_instance: str | None = None,  # noqa: ARG002
        family: str | None = None,
        started_by: str | None = None,
        service_name: str | None = None,
        desiredStatus: str | None = None,  # noqa: N803
    ) -> list[Task]:
        """Tasks, the newest first; those meant to run unless STOPPED is asked for, as on ECS."""
        cluster = self._get_cluster(cluster_str or "default")
        tasks = self.scheduler.tasks(self.region_name, cluster.name)
        filters = {
            "desired_status": desiredStatus or "RUNNING",
            "started_by": started_by,
            "group": f"service:{service_name.split('/')[-1]}" if service_name else None,
        }
        given = {name: value for name, value in filters.items() if value}
        tasks = [task for task in tasks if all(getattr(task, name) == value for name, value in given.items())]
        return [t for t in tasks if not family or f"/{family}:" in t.task_definition_arn]

    def describe_tasks(self, cluster_str: str, tasks: list[str]) -> list[Task]:
        """Tasks by id or ARN."""
        cluster = self._get_cluster(cluster_str)
        wanted = {name.split("/")[-1] for name in tasks}
        return [task for task in self.scheduler.tasks(self.region_name, cluster.name) if task.id in wanted]

    def stop_task(self, cluster_str: str, task_str: str, reason: str | None) -> Task:
        """Stop one task, which its service then replaces; raises ECSException."""
        found = self.describe_tasks(cluster_str, [task_str])
        if not found:
            raise InvalidParameterException("The referenced task was not found.")
        found[0].stop(reason or "Task stopped by user", "UserInitiated")
        return found[0]

    def _active(self, cluster: str, name: str) -> Service:
        key = f"{self._get_cluster(cluster).name}:{name.split('/')[-1]}"
        service: Service | None = self.services.get(key)
        if service is None or service.status != "ACTIVE":
            raise ServiceNotFoundException()
        return service

    def _spec(self, cluster: Any, key: ServiceKey, rollout: Rollout) -> TaskSpec:
        definition = self.describe_task_definition(rollout.definition_arn)
        container = definition.container_definitions[0]
        return TaskSpec(
            cluster_arn=cluster.arn,
            service=key.service,
            definition_arn=definition.arn,
            container=container["name"],
            image=container["image"],
            rollout=rollout.id,
            environment=lambda: self._environment(definition, container),
        )

    def _environment(self, definition: Any, container: Mapping[str, Any]) -> dict[str, str]:
        version = f"{definition.family}:{definition.revision}"
        given = {pair["name"]: pair["value"] for pair in container.get("environment") or []}
        read = {
            secret["name"]: secrets_backend.read(self.account_id, self.region_name, secret["valueFrom"])
            for secret in container.get("secrets") or []
        }
        return {"AWS_REGION": self.region_name, "APP_VERSION": version, **given, **read}


def scaling_limits(account: str, key: ServiceKey) -> Limits | None:
    """The limits of a service in application autoscaling; None when it has none."""
    backend = moto_scaling.applicationautoscaling_backends[account][key.region]
    target = backend.targets.get(_DIMENSION, {}).get(key.resource)
    if target is None:
        return None
    return Limits(target.min_capacity or 0, target.max_capacity or 0)
