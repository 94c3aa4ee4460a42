"""A pytest plugin (``-p tests.audits.recording``): the calls of all steps that run on moto, as the gateway writes them.

moto enforces no policies; the record says what would have been checked, worked out by the code that does so in the
rehearsal. Calls are kept where the plan names what the committed plan names: the roles of another grant other things.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from ministack.core import iam_actions

from drills.world.world import KEEP_CALLS
from local_aws.gateway.request import Call
from local_aws.patches.iam_context import besides, condition_keys, resources
from lyo_dr import handler
from lyo_dr.adapters import environment
from lyo_dr.model.plan import Plan, Traffic
from lyo_dr.model.resource_names import ResourceNames
from tests.plans import lyo_plan
from tests.unit.aws import Calls

_NAMESPACES = {"stepfunctions": "states", "sfn": "states"}
_SCOPES = {"cloudwatch": "monitoring"}
_NAMED = ("TopicArn", "stateMachineArn")
_ACTIONS = {"Invoke": "InvokeFunction", "ListObjectsV2": "ListBucket"}


@dataclass(frozen=True)
class Acting:
    """The step whose handler is running."""

    process: str
    step: str
    plan: Plan
    region: str

    @property
    def role(self) -> str:
        """The name of its role."""
        return ResourceNames(self.plan, self.region).role(self.process, self.step)


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


def line(acting: Acting, service: str, operation: str, asked: dict[str, Any], region: str) -> dict[str, Any]:
    """One call as the gateway's journal writes it."""
    namespace = _NAMESPACES.get(service, service)
    if operation == "ChangeResourceRecordSets":
        asked = {**asked, **_record_changes(asked)}
    call = Call(service=_SCOPES.get(service, namespace), region=region, op=operation, app=acting.step)
    scope = f"{region}:{acting.plan.account}"
    keys = condition_keys(call, asked, scope)
    more = {"keys": keys} if keys else {}
    named = resources(call, asked, scope, None) or _named(asked, region, acting.plan.account)
    action = f"{namespace}:{_ACTIONS.get(operation, operation)}"
    checks = [*((action, resource) for resource in named), *besides(call, asked, named)]
    return {
        "service": call.service,
        "region": region,
        "op": operation,
        "app": acting.step,
        "status": 200,
        "role": acting.role,
        "checked": [{"action": each, **more, "resource": resource} for each, resource in checks],
        "test": os.environ.get("PYTEST_CURRENT_TEST", "").split(" ")[0],
    }


def _named(asked: dict[str, Any], region: str, account: str) -> list[str]:
    """What the emulator makes of a request that names its resource plainly."""
    if tables := iam_actions.dynamodb_resource_arns(json.dumps(asked, default=str).encode(), region, account):
        return list(tables)
    if "HostedZoneId" in asked:
        return [f"arn:aws:route53:::hostedzone/{asked['HostedZoneId'].rsplit('/', 1)[-1]}"]
    for member, make in _ARNS.items():
        if name := asked.get(member):
            return [str(name) if str(name).startswith("arn:") else make(str(name), asked, f"{region}:{account}")]
    return [str(asked[name]) for name in _NAMED if name in asked] or ["*"]


_ARNS: dict[str, Callable[[str, dict[str, Any], str], str]] = {
    "FunctionName": lambda name, _, scope: f"arn:aws:lambda:{scope}:function:{name}",
    # AWS appends six characters of its own.
    "SecretId": lambda name, _, scope: f"arn:aws:secretsmanager:{scope}:secret:{name}-aB3dE6",
    "Bucket": lambda name, asked, _: f"arn:aws:s3:::{name}" + (f"/{asked['Key']}" if "Key" in asked else ""),
    "RoleName": lambda name, _, scope: f"arn:aws:iam::{scope.rpartition(':')[2]}:role/{name}",
    "GroupId": lambda name, _, scope: f"arn:aws:ec2:{scope}:security-group/{name}",
}


def _record_changes(asked: dict[str, Any]) -> dict[str, list[str]]:
    """The members of which Route 53 makes condition keys."""
    changes = asked["ChangeBatch"]["Changes"]
    sets = [change["ResourceRecordSet"] for change in changes]
    return {
        "Name": [one["Name"].rstrip(".").lower() for one in sets],
        "Type": [one["Type"] for one in sets],
        "Action": [change["Action"] for change in changes],
    }


def _remembering(decorate: Callable[..., Any]) -> Callable[..., Any]:
    """Know, while a handler runs, which one it is; its calls come from nowhere else."""

    def step(name: str, *given: Any, **more: Any) -> Callable[..., Any]:
        def make(run: Any) -> Any:
            handler = decorate(name, *given, **more)(run)
            process = run.__module__.split(".")[-2]

            @functools.wraps(handler)
            def remembered(*event: Any) -> Any:
                token = _acting.set(Acting(process, name, environment.plan(), environment.region()))
                try:
                    return handler(*event)
                finally:
                    _acting.reset(token)

            return remembered

        return make

    return step


def _named_by(plan: Plan) -> tuple[object, ...]:
    """What of a plan is in the ARNs of its resources."""
    services = tuple((service.name, service.places) for service in plan.services)
    databases = tuple((database.name, database.instances) for database in plan.databases)
    return plan.account, plan.name, plan.regions, services, databases, plan.main_front().name


@dataclass(frozen=True)
class Recorder:
    """Writes calls into ``folder``, apart for each plan that makes other roles."""

    folder: Path
    like: Plan

    def write(self, acting: Acting, client: Any, operation: str, asked: dict[str, Any]) -> None:
        """One successful call, if its plan names what ours does."""
        if _named_by(acting.plan) != _named_by(self.like):
            return
        plan = self._roles_of(acting.plan)
        text = plan.to_json()
        place = self.folder / f"moto-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        if not (place / "plan.json").exists():
            place.mkdir(parents=True, exist_ok=True)
            (place / "plan.json").write_text(text, encoding="utf-8")
        service, region = client.meta.service_model.service_name, client.meta.region_name
        written = json.dumps(line(acting, service, operation, asked, region), default=str)
        with (place / "calls.jsonl").open("a", encoding="utf-8") as file:
            # moto chooses the ids of zones; the plan whose roles are asked later has its own.
            file.write(written.replace(acting.plan.main_front().hosted_zone, self.like.main_front().hosted_zone) + "\n")

    def _names_of(self, plan: Plan) -> Traffic | list[Traffic]:
        """Of a plan with several names all, in our zone; of one name only how it moves."""
        ours = self.like.main_front()
        if len(plan.fronts()) > 1:
            return [msgspec.structs.replace(front, hosted_zone=ours.hosted_zone) for front in plan.fronts()]
        return msgspec.structs.replace(ours, strategy=plan.main_front().strategy)

    def _roles_of(self, plan: Plan) -> Plan:
        """Our plan with what of this one makes other roles: each has a place of its own."""
        delayed = any(database.restore.delayed is not None for database in plan.databases)
        ours, breach = self.like.breach, plan.breach
        if ours is not None and breach is not None:
            named = {name: getattr(breach, name) for name in ("web_acls", "ip_sets", "roles", "isolate")}
            breach = msgspec.structs.replace(ours, **named)
        return msgspec.structs.replace(
            self.like,
            traffic=self._names_of(plan),
            databases=plan.databases if delayed else self.like.databases,
            caches=plan.caches,
            breach=breach,
            evidence=plan.evidence,
        )


def _recording_call(call: Callable[..., Any], recorder: Recorder) -> Callable[..., Any]:
    def recorded(calls: Calls, client: Any, operation: str, asked: dict[str, Any]) -> Any:
        acting = None if calls.preparing else _acting.get()
        answer = call(calls, client, operation, asked)
        if acting is not None:
            recorder.write(acting, client, operation, asked)
        return answer

    return recorded


def install(folder: Path) -> None:
    """Record into ``folder``. Before the steps are imported: they are decorated when they are."""
    handler.step = _remembering(handler.step)
    handler.scheduled = _remembering(handler.scheduled)
    Calls.call = _recording_call(Calls.call, Recorder(folder, lyo_plan()))  # type: ignore[method-assign]


if os.environ.get(KEEP_CALLS):
    install(Path(os.environ[KEEP_CALLS]))
