"""ECS, its autoscaling, topics and executions in memory: as much of them as steps ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lyo_dr.model.plan import Plan
from tests.unit.aws import refusal
from tests.unit.builders import IRELAND


@dataclass
class Service:
    """One service: its tasks run at once."""

    desired: int
    limits: list[int]
    deployments: int = 1


@dataclass
class Services:
    """Every service of the plan in both regions: two tasks in Ireland, none in Oregon."""

    found: dict[tuple[str, str], Service] = field(default_factory=dict)
    started: dict[str, str] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    """Tokens of tasks that have ended."""
    published: list[str] = field(default_factory=list)
    """Topic and subject of each message, in order."""

    @classmethod
    def of(cls, plan: Plan) -> Services:
        """As they are on the first day."""
        desired = {region: 2 if region == IRELAND else 0 for region in plan.regions.pair}
        return cls(
            {
                (region, f"service/{service.places[region].cluster}/{service.places[region].service}"): Service(
                    desired[region], [desired[region], 4]
                )
                for service in plan.services
                for region in plan.regions.pair
            }
        )

    def state(self) -> dict[str, Any]:
        """What is compared in the end; how often tasks were replaced is an effect, counted elsewhere."""
        services = {f"{name}@{region}": [one.desired, *one.limits] for (region, name), one in self.found.items()}
        return {"services": services, "executions": self.started}

    def ecs(self, region: str, operation: str, asked: dict[str, Any]) -> Any:
        """What ECS would answer."""
        if operation == "ListTasks":
            return {"taskArns": []}
        if operation == "DescribeTaskDefinition":
            return {"taskDefinition": {"taskDefinitionArn": asked["taskDefinition"], "family": "app"}}
        if operation == "DescribeServices":
            return {"services": [self._described(region, asked["cluster"], name) for name in asked["services"]]}
        assert operation == "UpdateService", f"ECS in memory does not know {operation}"
        one = self.found[region, f"service/{asked['cluster']}/{asked['service']}"]
        one.desired = asked.get("desiredCount", one.desired)
        one.deployments += bool(asked.get("forceNewDeployment"))
        return {"service": self._described(region, asked["cluster"], asked["service"])}

    def autoscaling(self, region: str, operation: str, asked: dict[str, Any]) -> Any:
        """What Application Auto Scaling would answer."""
        if operation == "DescribeScalableTargets":
            limits = [(name, self.found[region, name].limits) for name in asked["ResourceIds"]]
            described = [{"ResourceId": name, "MinCapacity": low, "MaxCapacity": high} for name, (low, high) in limits]
            return {"ScalableTargets": described}
        assert operation == "RegisterScalableTarget", f"autoscaling in memory does not know {operation}"
        self.found[region, asked["ResourceId"]].limits = [asked["MinCapacity"], asked["MaxCapacity"]]
        return {}

    def topics(self, _region: str, operation: str, asked: dict[str, Any]) -> Any:
        """What SNS would answer."""
        assert operation == "Publish", f"SNS in memory does not know {operation}"
        self.published.append(f"{asked['TopicArn'].rpartition(':')[2]}: {asked['Subject']}")
        return {"MessageId": "m"}

    def executions(self, region: str, operation: str, asked: dict[str, Any]) -> Any:
        """What Step Functions would answer: an execution of the same name and input is there once, another refused.

        So is a task: it ends once.
        """
        if operation == "SendTaskSuccess":
            if asked["taskToken"] in self.answered:
                raise refusal("TaskTimedOut")
            self.answered.add(asked["taskToken"])
        if operation == "ListExecutions":
            return {"executions": []}
        if operation != "StartExecution":
            return {}
        arn = f"{asked['stateMachineArn']}@{region}:{asked['name']}"
        if self.started.setdefault(arn, asked["input"]) != asked["input"]:
            raise refusal("ExecutionAlreadyExists")
        return {"executionArn": arn, "startDate": 0}

    def _described(self, region: str, cluster: str, name: str) -> dict[str, Any]:
        one = self.found[region, f"service/{cluster}/{name}"]
        counts = {"desiredCount": one.desired, "runningCount": one.desired, "pendingCount": 0}
        primary = {"status": "PRIMARY", "rolloutState": "COMPLETED", "id": str(one.deployments)}
        about = {"serviceName": name, "status": "ACTIVE", "taskDefinition": "arn:aws:ecs:task-definition/app:1"}
        return {**about, **counts, "deployments": [primary]}
