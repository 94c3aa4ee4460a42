"""The resource and the condition keys a policy is checked against.

Upstream does not supply ``cloudwatch:namespace``, ``ecs:cluster``, the keys of application autoscaling and those of a
change of records, so that a policy with such a condition is always denied (or always met, where it is about all
values of a set); it checks ECS services on the cluster's ARN, RDS instances given by ARN on a nonsensical one, a
listing of instances and a look at a change of records on ``*``, log groups without their ``:*``, and secrets by their
bare name. AWS checks the resource's own ARN; this module works it out for the services of the data host, for log groups
and for Route 53's changes.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_evaluator

from local_aws.gateway.call_log import current_entry
from local_aws.gateway.data_plane import DataHostClient, DataHostError
from local_aws.gateway.request import Call, current_body, current_call
from local_aws.patch_context import PatchContext

REQUIRES = ("ministack.core.iam_evaluator:enforce", "ministack.core.iam_evaluator:resolve_caller_identity")


def apply(world: PatchContext) -> None:
    """Complete every check with what the request itself says."""
    enforce = iam_evaluator.enforce

    def enforce_completed(
        access_key: str,
        action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        call = current_call.get()
        if call is None or f"{_namespace(call.service)}:{call.op}" != action:
            if denied := enforce(access_key, action, service, region, resource_arn, service_context):
                return denied
            _note(access_key, action, resource_arn, {})
            return None
        body = current_body.get()
        request = record_changes(body) if call.op == "ChangeResourceRecordSets" else parameters(body)
        scope = f"{region}:{world.settings.account}"
        keys = condition_keys(call, request, scope)
        context = {**(service_context or {}), **keys}
        own = resources(call, request, scope, world.data_host) or [resource_arn]
        for asked, resource in [*((action, each) for each in own), *besides(call, request, own)]:
            if denied := enforce(access_key, asked, service, region, resource, context):
                return denied
            _note(access_key, asked, resource, keys)
        return None

    iam_evaluator.enforce = enforce_completed


def _note(access_key: str, action: str, resource: str, keys: Mapping[str, Any]) -> None:
    """Put an allowed check on the record of the call it belongs to: not one that a machine makes meanwhile."""
    entry = current_entry.get()
    if entry is None or entry.call.account or entry.call.access_key != access_key:
        return
    caller = iam_evaluator.resolve_caller_identity(access_key) or {}
    role = str(caller.get("userArn", "")).partition("/")[2].partition("/")[0]
    entry.note(role, action, resource, keys)


def parameters(body: bytes) -> dict[str, Any]:
    """Return the parameters of a JSON or form request; empty for any other."""
    try:
        if body[:1] == b"{":
            parsed: dict[str, Any] = json.loads(body)
            return parsed
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}
    except ValueError:
        return {}


def record_changes(body: bytes) -> dict[str, Any]:
    """Return names, types and actions of a change of record sets, each as the condition keys of AWS have them."""
    text = body.decode(errors="replace")
    found = {member: re.findall(f"<{member}>([^<]*)</{member}>", text) for member in ("Name", "Type", "Action")}
    return {**found, "Name": [name.rstrip(".").lower() for name in found["Name"]]}


def condition_keys(call: Call, request: Mapping[str, Any], scope: str) -> dict[str, Any]:
    """Return the condition keys AWS derives from the request. ``scope`` is ``region:account``."""
    if call.service == "monitoring" and call.op == "PutMetricData":
        return {"cloudwatch:namespace": request.get("Namespace")}
    if call.service == "ecs" and request.get("cluster"):
        return {"ecs:cluster": _ecs_arn(scope, "cluster", request["cluster"])}
    if call.op == "ChangeResourceRecordSets":
        return {f"route53:ChangeResourceRecordSets{key}": request.get(member) for key, member in _RECORD_KEYS.items()}
    if call.service == "application-autoscaling":
        return {f"application-autoscaling:{key}": request.get(member) for key, member in _SCALING_KEYS.items()}
    return {}


_RECORD_KEYS = {"NormalizedRecordNames": "Name", "RecordTypes": "Type", "Actions": "Action"}
_SCALING_KEYS = {"service-namespace": "ServiceNamespace", "scalable-dimension": "ScalableDimension"}


def resources(call: Call, request: Mapping[str, Any], scope: str, host: DataHostClient | None) -> list[str]:
    """Return the ARNs the call is checked on, empty where upstream's own answer stands."""
    if call.service == "ecs":
        return _ecs(call.op, request, scope)
    if call.service == "rds":
        return _rds(call.op, request, scope)
    if call.service == "secretsmanager" and request.get("SecretId") and host:
        return [_secret(str(request["SecretId"]), call.region, scope, host)]
    if call.service == "application-autoscaling":
        return [f"arn:aws:application-autoscaling:{scope}:scalable-target/*"]
    if call.service == "route53" and call.op == "GetChange":
        return ["arn:aws:route53:::change/*"]
    return _waf(call, request, scope) or _log_group(call, request, scope)


def _waf(call: Call, request: Mapping[str, Any], scope: str) -> list[str]:
    """Upstream checks everything of WAF on a web ACL's ARN."""
    if call.op == "GetSampledRequests":
        return [str(request.get("WebAclArn"))]
    if call.service != "wafv2" or not request.get("Id"):
        return []
    kind = "ipset" if call.op.endswith("IPSet") else "webacl"
    return [f"arn:aws:wafv2:{scope}:regional/{kind}/{request.get('Name')}/{request['Id']}"]


_LOG_GROUP_CALLS = frozenset(("CreateExportTask", "FilterLogEvents"))
"""Checked on the ARN that ends in ``:*`` (CloudWatch Logs user guide, "Resources and operations")."""


def _log_group(call: Call, request: Mapping[str, Any], scope: str) -> list[str]:
    if call.service != "logs" or call.op not in _LOG_GROUP_CALLS:
        return []
    return [f"arn:aws:logs:{scope}:log-group:{request.get('logGroupName')}:*"]


def _namespace(service: str) -> str:
    return "cloudwatch" if service == "monitoring" else service


_ECS_ITEMS: dict[str, tuple[str, str]] = {
    "CreateService": ("service", "serviceName"),
    "UpdateService": ("service", "service"),
    "DeleteService": ("service", "service"),
    "DescribeServices": ("service", "services"),
    "StopTask": ("task", "task"),
    "DescribeTasks": ("task", "tasks"),
}


def _ecs(op: str, request: Mapping[str, Any], scope: str) -> list[str]:
    if op not in _ECS_ITEMS:
        return []
    kind, member = _ECS_ITEMS[op]
    given = request.get(member) or "*"
    cluster = str(request.get("cluster", "default")).rsplit("/", 1)[-1]
    names = given if isinstance(given, list) else [given]
    return [name if name.startswith("arn:") else f"arn:aws:ecs:{scope}:{kind}/{cluster}/{name}" for name in names]


def _ecs_arn(scope: str, kind: str, name: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:ecs:{scope}:{kind}/{name}"


_RDS_ITEMS: tuple[tuple[str, str], ...] = (
    ("SourceDBInstanceIdentifier", "db"),
    ("SourceDBInstanceAutomatedBackupsArn", "auto-backup"),
    ("DBInstanceIdentifier", "db"),
    ("TargetDBInstanceIdentifier", "db"),
    ("DBSnapshotIdentifier", "snapshot"),
    ("DBSubnetGroupName", "subgrp"),
    ("DBParameterGroupName", "pg"),
    ("OptionGroupName", "og"),
)
"""AWS asks about everything a request names (Service Authorization Reference, Amazon RDS)."""


def _rds(op: str, request: Mapping[str, Any], scope: str) -> list[str]:
    if op == "DescribeDBInstanceAutomatedBackups":
        return [f"arn:aws:rds:{scope}:auto-backup:*"]
    if named := request.get("ResourceName"):
        return [str(named)]
    found = [(str(request[member]), kind) for member, kind in _RDS_ITEMS if request.get(member)]
    if op == "DescribeDBSnapshots":
        found = found[:1]
    arns = [name if name.startswith("arn:") else f"arn:aws:rds:{scope}:{kind}:{name}" for name, kind in found]
    return arns or ([f"arn:aws:rds:{scope}:db:*"] if op == "DescribeDBInstances" else [])


_MADE = {
    "CreateDBInstanceReadReplica": ":db:",
    "CreateDBSnapshot": ":snapshot:",
    "RestoreDBInstanceFromDBSnapshot": ":db:",
    "RestoreDBInstanceToPointInTime": ":db:",
}


def besides(call: Call, request: Mapping[str, Any], named: list[str]) -> list[tuple[str, str]]:
    """What else AWS asks for: actions and ARNs.

    Something made with tags needs the right to tag it (RDS user guide, "Tagging Amazon RDS resources"). Who registers a
    scalable target needs rights on the service and on alarms (Application Auto Scaling user guide, "Permissions
    validation"), of which AWS does not say on which ARNs it asks; here they are those of the service. Who exports
    logs has to be allowed to write to the bucket (CloudWatch Logs API reference, CreateExportTask).
    """
    if call.service == "application-autoscaling" and call.op == "RegisterScalableTarget":
        return _of_target(str(request.get("ResourceId")), named[0])
    if call.op == "CreateExportTask":
        written = f"{request.get('destination')}/{request.get('destinationPrefix', 'exportedlogs')}/*"
        return [("s3:PutObject", f"arn:aws:s3:::{written}")]
    kind = _MADE.get(call.op) if call.service == "rds" else None
    if kind is None or not any(member == "Tags" or member.startswith("Tags.") for member in request):
        return []
    # The source, where one is named, comes first.
    return [("rds:AddTagsToResource", [arn for arn in named if kind in arn][-1])]


def _of_target(resource: str, target: str) -> list[tuple[str, str]]:
    scope = ":".join(target.split(":")[3:5])
    alarms = f"arn:aws:cloudwatch:{scope}:alarm:TargetTracking-{resource}-AlarmHigh"
    return [
        *((f"ecs:{action}", f"arn:aws:ecs:{scope}:{resource}") for action in ("DescribeServices", "UpdateService")),
        ("cloudwatch:DescribeAlarms", f"arn:aws:cloudwatch:{scope}:alarm:*"),
        *((f"cloudwatch:{action}", alarms) for action in ("DeleteAlarms", "PutMetricAlarm")),
    ]


def _secret(secret_id: str, region: str, scope: str, host: DataHostClient) -> str:
    """Return the secret's full ARN, asked from where it lives: a request need not carry its random suffix."""
    try:
        described = host.secret(region, "DescribeSecret", {"SecretId": secret_id})
    except DataHostError:
        described = None
    if described:
        return str(described["ARN"])
    return secret_id if secret_id.startswith("arn:") else f"arn:aws:secretsmanager:{scope}:secret:{secret_id}"
