"""AWS for the steps: moto, with RDS modelled here, and every call on record and breakable.

moto's promotion leaves the source in place and never refuses; RDS does neither, and both matter here.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError, ParamValidationError
from botocore.validate import ParamValidator

from lyo_dr.adapters.aws.dynamodb import Table
from lyo_dr.adapters.aws.session import client
from lyo_dr.context import StepContext
from lyo_dr.errors import LyoDrError
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.steps.communications import send_messages
from lyo_dr.store.lifetimes import lifetime_of
from tests.unit.builders import IRELAND, OREGON, PRIMARY, a_signal, an_incident

_REAL_CALL: Callable[..., Any] = botocore.client.BaseClient._make_api_call


_CHANGEABLE = ("available", "storage-optimization", "storage-config-upgrade")


class Killed(BaseException):
    """The function died here: nothing below may catch it."""


@dataclass
class RdsModel:
    """One instance, as far as promotion and protection care."""

    status: str = "available"
    source: str | None = f"arn:aws:rds:{IRELAND}:123456789012:db:{PRIMARY}"
    multi_az: bool = False
    retention: int = 1
    pending: dict[str, Any] = field(default_factory=dict)
    promotions: int = 0
    changes: int = 0
    after_promotion: str = "available"

    def answer(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """What RDS would answer. Raises ClientError where RDS refuses."""
        if operation == "PromoteReadReplica":
            self._must_be(self.source is not None and self.status in _CHANGEABLE, operation)
            self.source, self.retention, self.status = None, asked["BackupRetentionPeriod"], self.after_promotion
            self.promotions += 1
        if operation == "ModifyDBInstance":
            self._must_be(self.status in _CHANGEABLE, operation)
            self.pending = {name: asked[name] for name in ("MultiAZ", "BackupRetentionPeriod")}
            self.changes += 1
        return {"DBInstances": [self._described(asked["DBInstanceIdentifier"])]}

    def carry_out(self) -> None:
        """What was accepted becomes true."""
        self.multi_az = self.pending.get("MultiAZ", self.multi_az)
        self.retention = self.pending.get("BackupRetentionPeriod", self.retention)
        self.pending, self.status = {}, "available"

    def _must_be(self, fine: bool, operation: str) -> None:
        if not fine:
            raise refusal("InvalidDBInstanceState", f"the instance is {self.status}", operation)

    def _described(self, identifier: str) -> dict[str, Any]:
        described: dict[str, Any] = {
            "DBInstanceIdentifier": identifier,
            "DBInstanceStatus": self.status,
            "MultiAZ": self.multi_az,
            "BackupRetentionPeriod": self.retention,
            "PendingModifiedValues": self.pending,
        }
        if self.source:
            described["ReadReplicaSourceDBInstanceIdentifier"] = self.source
            described["StatusInfos"] = [{"StatusType": "read replication", "Normal": True, "Status": "replicating"}]
        return described


def refusal(code: str, message: str = "no", operation: str = "X", status: int = 400) -> ClientError:
    """An error as botocore raises it."""
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, operation)


class Calls:
    """Every AWS call of the code under test, in order; each can be made to fail or to kill."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.rds: dict[str, RdsModel] = {}
        self.snapshots: dict[str, str] = {}
        """Of which instance each snapshot is; there at once."""
        self.prepare: Callable[[str], None] = lambda _service: None
        self.functions: Callable[[dict[str, Any]], Any] | None = None
        """What a function that is invoked answers, where a test plays them."""
        self.played: dict[str, Callable[[dict[str, Any]], Any]] = {}
        """What other calls (``wafv2:GetWebACL``) answer, where moto knows nothing of them."""
        self.preparing = False
        self.delivering = False
        self.sender: Callable[[dict[str, Any]], Any] | None = send_messages.handler
        """What runs when a step wakes the sender of messages; None: nothing, so that its messages wait."""
        self.before: Callable[[int, str], None] = lambda _number, _name: None
        self.after: Callable[[int, str], None] = lambda _number, _name: None

    def fail(self, name: str, error: BaseException) -> None:
        """From now on this call (``sns:Publish``) fails."""

        def check(_number: int, called: str) -> None:
            if called == name:
                raise error

        self.before = check

    def count(self, name: str) -> int:
        """How often this call was made, successfully or not."""
        return self.made.count(name)

    def call(self, client: Any, operation: str, asked: dict[str, Any]) -> Any:
        """In the place of botocore's own."""
        service = client.meta.service_model.service_name
        if self.preparing or (self.delivering and service != "sns"):
            return _REAL_CALL(client, operation, asked)
        self.prepare(service)
        name = f"{service}:{operation}"
        if name == "dynamodb:PutItem":
            _require_a_declared_life(asked["Item"])
        number = len(self.made)
        self.made.append(name)
        with suppress(Killed) if self.delivering else nullcontext():
            self.before(number, name)
        answer = self._answer(name, client, operation, asked)
        self.after(number, name)
        return answer

    def _answer(self, name: str, client: Any, operation: str, asked: dict[str, Any]) -> Any:
        ours = self.played.get(name)
        if name == "lambda:Invoke" and asked.get("InvocationType") == "Event":
            ours = self._wake
        elif name.startswith("rds:"):
            ours = functools.partial(self._rds, operation)
        elif name == "lambda:Invoke" and self.functions is not None:
            ours = self.functions
        if ours is None:
            return _REAL_CALL(client, operation, asked)
        _require_what_the_sdk_takes(client, operation, asked)
        return ours(asked)

    def _wake(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The sender is a process of its own: of its calls only those of SNS are on record, and can fail."""
        if self.sender is not None:
            self.delivering = True
            try:
                # Nobody hears how an asynchronous invocation ends.
                with suppress(LyoDrError, Killed):
                    self.sender(json.loads(asked["Payload"]))
            finally:
                self.delivering = False
        return {"StatusCode": 202}

    def _rds(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        if operation == "DescribeDBInstanceAutomatedBackups":
            return {"DBInstanceAutomatedBackups": []}
        model = self.rds.get(asked["DBInstanceIdentifier"])
        if model is None:
            raise refusal("DBInstanceNotFound", "no such instance", operation, 404)
        if operation == "CreateDBSnapshot":
            self.snapshots[asked["DBSnapshotIdentifier"]] = asked["DBInstanceIdentifier"]
            return {}
        if operation == "DescribeDBSnapshots":
            of = [name for name, instance in self.snapshots.items() if instance == asked["DBInstanceIdentifier"]]
            return {"DBSnapshots": [{"DBSnapshotIdentifier": name, "Status": "available"} for name in of]}
        return model.answer(operation, asked)


def _require_a_declared_life(item: dict[str, Any]) -> None:
    """No test may write a kind of item of which nobody has said how long it is kept."""
    pk, sk = item["pk"]["S"], item["sk"]["S"]
    assert lifetime_of(pk, sk) is not None, f"store/lifetimes.py does not say how long {pk} {sk} is kept"


def _require_what_the_sdk_takes(client: Any, operation: str, asked: dict[str, Any]) -> None:
    """A call that is answered here is never looked at by botocore, which refuses what AWS does not know."""
    model = client.meta.service_model.operation_model(operation)
    # Some parameters have another name in Python than in the model; botocore changes them on the way.
    context = {"client_region": client.meta.region_name, "client_config": client.meta.config}
    given = client._emit_api_params(dict(asked), model, context)
    if (faults := ParamValidator().validate(given, model.input_shape)).has_errors():
        raise ParamValidationError(report=faults.generate_report())


class World:
    """Both regions on the first day, seen from Oregon."""

    def __init__(self, plan: Plan, calls: Calls) -> None:
        self.plan, self.calls = plan, calls
        self._built: set[Any] = set()
        calls.prepare = self.prepare
        for database in plan.replicated():
            source = database.instances[IRELAND]
            calls.rds[database.instances[OREGON]] = RdsModel(source=f"arn:aws:rds:{IRELAND}:123456789012:db:{source}")

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """What another function does in here is no call of the step that asks it."""
        before, self.calls.preparing = self.calls.preparing, True
        try:
            yield
        finally:
            self.calls.preparing = before

    def prepare(self, service: str) -> None:
        """Build what a service holds, at its first call: most tests need the tables only."""
        builder = _BUILDERS.get(service)
        if builder is None or builder in self._built:
            return
        self._built.add(builder)
        self.calls.preparing = True
        try:
            for region in self.plan.regions.pair:
                builder(self.plan, region)
        finally:
            self.calls.preparing = False

    def ctx(self, step: str = "Test", region: str = OREGON) -> StepContext:
        """Where a step would run."""
        return StepContext(self.plan, region, step)

    def given_incident(self, *, gate: str | None = "open", **changes: Any) -> Incident:
        """An open incident that holds the lease; with ``gate`` that gate on record."""
        ctx = self.ctx()
        lease = ctx.store.control.take_lease(an_incident().id, ctx.now(), self.plan.budgets.lease)
        assert lease is not None
        names = {
            "databases": [database.name for database in self.plan.databases],
            "services": [service.name for service in self.plan.services],
        }
        incident = an_incident(epoch=lease.epoch, opened_at=ctx.now(), **{**names, **changes})
        ctx.store.incidents.open(incident, a_signal(), self.plan.digest())
        if gate is not None:
            ctx.store.incidents.set(incident.id, gate=gate)
        return incident

    def said(self, incident_id: str = an_incident().id) -> list[str]:
        """The sentences on the timeline."""
        return [line.sentence for line in self.ctx().store.incidents.timeline(incident_id)]

    def pause(self) -> None:
        """A person stops the automation."""
        table = Table(ResourceNames(self.plan, OREGON).table, OREGON)
        table.put({"pk": "SYSTEM", "sk": "PAUSE", "paused": True, "by": "ada", "why": "maintenance"})

    def service(self, region: str = OREGON, index: int = 0) -> tuple[int, int | None, int | None]:
        """Desired count and autoscaling limits."""
        place = self.plan.services[index].places[region]
        ecs = client("ecs", region)
        desired = ecs.describe_services(cluster=place.cluster, services=[place.service])["services"][0]["desiredCount"]
        targets = client("application-autoscaling", region).describe_scalable_targets(
            ServiceNamespace="ecs", ResourceIds=[f"service/{place.cluster}/{place.service}"]
        )["ScalableTargets"]
        return (desired, targets[0]["MinCapacity"], targets[0]["MaxCapacity"]) if targets else (desired, None, None)

    def latch(self, region: str = OREGON) -> list[tuple[str, float]]:
        """Every latch value written in a region, with its record."""
        from moto.cloudwatch.models import cloudwatch_backends

        data = cloudwatch_backends["123456789012"][region].metric_data
        return [(datum.dimensions[0].value, datum.value) for datum in data]

    def executions(self) -> list[tuple[str, Any]]:
        """Names and inputs of the incidents started."""
        states = client("stepfunctions", OREGON)
        machine = ResourceNames(self.plan, OREGON).machine("incident_response")
        found = states.list_executions(stateMachineArn=machine)["executions"]
        return [
            (one["name"], json.loads(states.describe_execution(executionArn=one["executionArn"])["input"]))
            for one in found
        ]


def _build_table(plan: Plan, region: str) -> None:
    client("dynamodb", region).create_table(
        TableName=ResourceNames(plan, region).table,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )


def _build_topics(plan: Plan, region: str) -> None:
    for audience in ("responders", "stakeholders", "legal"):
        client("sns", region).create_topic(Name=ResourceNames(plan, region).topic_name(audience))


def _build_machine(plan: Plan, region: str) -> None:
    client("stepfunctions", region).create_state_machine(
        name=ResourceNames(plan, region).machine_name("incident_response"),
        definition='{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}',
        roleArn="arn:aws:iam::123456789012:role/machine",
    )


def _build_services(plan: Plan, region: str) -> None:
    for service in plan.services:
        _build_service(service.places[region], 2 if region == IRELAND else 0, region)


def _build_service(place: Any, desired: int, region: str) -> None:
    ecs = client("ecs", region)
    ecs.create_cluster(clusterName=place.cluster)
    ecs.register_task_definition(family="app", containerDefinitions=[{"name": "app", "image": "app", "memory": 128}])
    ecs.create_service(cluster=place.cluster, serviceName=place.service, taskDefinition="app", desiredCount=desired)
    client("application-autoscaling", region).register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{place.cluster}/{place.service}",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=desired,
        MaxCapacity=4,
    )


_BUILDERS: dict[str, Callable[[Plan, str], None]] = {
    "dynamodb": _build_table,
    "sns": _build_topics,
    "stepfunctions": _build_machine,
    "sfn": _build_machine,
    "ecs": _build_services,
    "application-autoscaling": _build_services,
}


def install(calls: Calls, patch: pytest.MonkeyPatch) -> None:
    """Let every call of botocore go through ``calls``."""

    def call(client: Any, operation: str, asked: dict[str, Any]) -> Any:
        return calls.call(client, operation, asked)

    patch.setattr(botocore.client.BaseClient, "_make_api_call", call)


def changes(made: list[str]) -> int:
    """How many calls changed something: to die before a read is to die before the change that follows it."""
    return sum(not name.split(":")[1].startswith(("Get", "Describe")) for name in made)


def secret_text(name: str, region: str, stage: str = "AWSCURRENT") -> str:
    """What a secret holds, looked at from behind: a question after every change need not be a call of its own."""
    from moto.secretsmanager.models import secretsmanager_backends

    answer = secretsmanager_backends["123456789012"][region].get_secret_value(name, "", stage)
    return str(answer["SecretString"])


def kill_at(world: World, wanted: int) -> None:
    """Before the change of this number is carried out, and so after everything that came before it."""

    def die(_number: int, _name: str) -> None:
        if changes(world.calls.made) == wanted:
            raise Killed

    world.calls.before = die
