"""ECS services of the plan and their scaling: raise them here, fence them in the peer region."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant

_SEE_LIMITS = Grant(
    ("application-autoscaling:DescribeScalableTargets",),
    ("*",),
    "Application Auto Scaling offers no resource for this read",
)


def scale_here(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Raise the services of this region."""
    return [_SEE_LIMITS, *_scale(plan, names)]


def scale_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Fence the services of the peer region."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return [_SEE_LIMITS, *_scale(plan, there)]


def restore_in_peer(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Take the fence back, as it was noted; our own code looks at nothing."""
    return _scale(plan, ResourceNames(plan, plan.regions.peer_of(names.region)))


def lower_here(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Take back what was prepared here, as it was noted; our own code looks at nothing."""
    return _scale(plan, names)


def count_here(plan: Plan, names: ResourceNames) -> list[Grant]:
    """See how many tasks of this region's services run."""
    return [Grant(("ecs:DescribeServices",), _services(plan, names), "are enough tasks running?")]


def watch_here(plan: Plan, names: ResourceNames) -> list[Grant]:
    """See whether the services of this region have come up, and why a task has not."""
    clusters = sorted({service.places[names.region].cluster for service in plan.services})
    return [
        Grant(("ecs:DescribeServices",), _services(plan, names), "are enough tasks running?"),
        Grant(
            ("ecs:ListTasks",),
            ("*",),
            "Amazon ECS lists tasks by cluster and offers no resource for it; the condition names the clusters",
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
            "what runs; and Application Auto Scaling registers limits only for who may see and change the service",
        ),
        Grant(
            ("cloudwatch:DescribeAlarms",),
            ("*",),
            "Application Auto Scaling asks for it besides, and no document says about which alarms; a read",
        ),
        Grant(
            ("cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm"),
            tuple(there.arn("cloudwatch", f"alarm:TargetTracking-service/{name}-*") for name in _names(plan, there)),
            "those are named after the service; nothing else's",
        ),
        Grant(
            ("application-autoscaling:RegisterScalableTarget",),
            (there.arn("application-autoscaling", "scalable-target/*"),),
            "Application Auto Scaling chooses the ids of targets; the conditions leave the task count of ECS only",
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
