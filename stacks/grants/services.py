"""ECS services of the plan and their scaling: scale up here, fence in the other region."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant

_SEE_LIMITS = Grant(
    ("application-autoscaling:DescribeScalableTargets",),
    ("*",),
    "Application Auto Scaling has no resource-level permission for this read",
)


def scale(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Scale the services of this region."""
    return [_SEE_LIMITS, *_scale(plan, names)]


def scale_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Scale the services of the other region, to fence it."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return [_SEE_LIMITS, *_scale(plan, there)]


def lift_fence_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Undo the fence, by the counts recorded before it."""
    return _scale(plan, ResourceNames(plan, plan.regions.peer_of(names.region)))


def scale_back(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Roll back what was prepared here, by the counts recorded before it; our own code reads nothing."""
    return _scale(plan, names)


def describe(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Describe this region's services: how many tasks run, and who replaces them."""
    return [Grant(("ecs:DescribeServices",), _services(plan, names), "running tasks, and the deployment controller")]


def validate(plan: Plan, names: ResourceNames) -> list[Grant]:
    """What validates a service that has no URL to ask: its tasks, and the metric the plan names."""
    workers = [service.places[names.region] for service in plan.services if not service.listens]
    arns = tuple(names.service(place.cluster, place.service) for place in workers)
    grants = [Grant(("ecs:DescribeServices",), arns, "running tasks of services without a URL")] if arns else []
    if any(service.metric for service in plan.services):
        metric = Grant(
            ("cloudwatch:GetMetricData",), ("*",), "Amazon CloudWatch has no resource-level permission for it"
        )
        grants.append(metric)
    return grants


def describe_with_tasks(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Describe the services of this region, and why a task has not started."""
    clusters = sorted({service.places[names.region].cluster for service in plan.services})
    return [
        Grant(("ecs:DescribeServices",), _services(plan, names), "number of running tasks"),
        Grant(
            ("ecs:ListTasks",),
            ("*",),
            "Amazon ECS has no resource-level permission for listing tasks; the condition names the clusters",
            {"ArnEquals": {"ecs:cluster": [names.cluster(cluster) for cluster in clusters]}},
        ),
        Grant(
            ("ecs:DescribeTasks",),
            tuple(names.arn("ecs", f"task/{cluster}/*") for cluster in clusters),
            "Amazon ECS chooses the ids of tasks; the cluster is named",
        ),
    ]


def _scale(plan: Plan, there: ResourceNames) -> list[Grant]:
    # The ARN of a service holds its cluster, so no condition on ecs:cluster is needed: the key does not exist
    # for UpdateService, and a condition on a key that is absent would refuse the call.
    return [
        Grant(("ecs:UpdateService",), _services(plan, there), "the number of tasks"),
        Grant(
            ("ecs:DescribeServices",),
            _services(plan, there),
            "running tasks; Application Auto Scaling also requires permission to read and change the service",
        ),
        Grant(
            ("cloudwatch:DescribeAlarms",),
            ("*",),
            "Application Auto Scaling also calls this; AWS does not document for which alarms. Read-only",
        ),
        Grant(
            ("cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"),
            tuple(there.arn("cloudwatch", f"alarm:TargetTracking-service/{name}-*") for name in _names(plan, there)),
            "alarms of target tracking, which are named after the service",
        ),
        Grant(
            ("application-autoscaling:RegisterScalableTarget",),
            (there.arn("application-autoscaling", "scalable-target/*"),),
            "Application Auto Scaling chooses the ids of targets; the conditions restrict it to the task count of ECS",
            {
                "StringEquals": {
                    "application-autoscaling:service-namespace": "ecs",
                    "application-autoscaling:scalable-dimension": "ecs:service:DesiredCount",
                }
            },
        ),
    ]


def _names(plan: Plan, there: ResourceNames) -> list[str]:
    places = (service.places[there.region] for service in plan.services)
    return [f"{place.cluster}/{place.service}" for place in places]


def _services(plan: Plan, there: ResourceNames) -> tuple[str, ...]:
    places = (service.places[there.region] for service in plan.services)
    return tuple(there.service(place.cluster, place.service) for place in places)
