"""The cases of ``preserve_breach``: what is preserved once is never preserved again, and a gap is on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.killed.given import app_secret, of_database
from tests.killed.harness import Case
from tests.killed.rds import given_rds
from tests.killed.stage import Stage

_SUSPECTS = {"principals": ["arn:aws:iam::123456789012:user/mallory"], "addresses": [], "secrets": []}
_KEPT = ("s3:PutObject",)
GAP = "what AWS does not give at that moment is a gap on record, and preserving goes on (fault 51)"


def preserving(stage: Stage, **more: Any) -> dict[str, Any]:
    """An incident, and a bucket for its evidence."""
    stage.kept["objects"] = objects = set[str]()

    def bucket(_region: str, operation: str, asked: dict[str, Any]) -> dict[str, str]:
        assert operation == "PutObject", operation
        objects.add(asked["Key"])
        return {"VersionId": "v"}

    stage.calls.services["s3"] = bucket
    app_secret(stage)
    given_rds(stage)
    event = of_database(stage, suspects=_SUSPECTS, branches=[{"part": "secrets"}], **more)
    stage.calls.services["cloudtrail"] = lambda _region, _operation, _asked: {"Events": []}
    return event


def _logs(stage: Stage) -> dict[str, Any]:
    event = preserving(stage)
    events = [{"timestamp": 1, "message": "one"}]
    stage.calls.services["logs"] = lambda _region, _operation, _asked: {"events": events}
    return event


def _gaps(given: Callable[[Stage], dict[str, Any]], *calls: str, **more: Any) -> Case:
    return Case(given, otherwise=dict.fromkeys(calls, GAP), **more)


CASES = {
    "preserve_tasks": _gaps(
        preserving,
        "ecs:DescribeServices",
        "ecs:ListTasks",
        "ecs:DescribeTaskDefinition",
        "s3:PutObject",
    ),
    "preserve_databases": _gaps(
        preserving,
        "rds:DescribeDBInstances",
        "rds:DescribeDBSnapshots",
        "rds:CreateDBSnapshot",
        "s3:PutObject",
    ),
    "preserve_secrets": _gaps(preserving, "secretsmanager:ListSecretVersionIds", *_KEPT),
    "preserve_requests": _gaps(preserving, "wafv2:ListWebACLs"),
    "preserve_actions": _gaps(preserving, "cloudtrail:LookupEvents", *_KEPT),
    "copy_logs": _gaps(_logs, "logs:FilterLogEvents", *_KEPT),
    "seal_manifest": _gaps(preserving, "s3:PutObject"),
}
