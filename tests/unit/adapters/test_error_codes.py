"""Every error that AWS documents for a call of ours, compared with botocore's models: none of a known kind is unknown.

An unknown code becomes AwsCallFailed, whose sentence says less, and which nothing waits for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

import lyo_dr.adapters.aws as adapters
from lyo_dr import errors
from lyo_dr.adapters.aws.session import calling

FOLDER = Path(adapters.__file__).parent

KINDS: tuple[tuple[str, type[errors.LyoDrError]], ...] = (
    (r"(?i)throttl|toomanyrequests|slowdown", errors.Throttled),
    (r"AccessDenied|Authorization(Error|Exception)", errors.AccessDenied),
    (r"NotFound(Fault|Exception)?$|^NoSuch|DoesNotExist", errors.NotFound),
)
"""What a code says of itself, and the error it should be. The first that fits counts."""

ANOTHER_THING = {
    "rds": r"AuthorizationNotFound|BackupPolicy|BlueGreen|Certificate|DBCluster|DBProxy|DBShardGroup|DBSecurityGroup"
    r"|DBSnapshotTenant|DBSubnetGroup|Domain|Integration|OptionGroup|TenantDatabase|^DBSnapshotNotFound",
    "elasticache": r"CacheCluster|CacheParameterGroup|CacheSecurityGroup|UserGroup",
    "ecs": r"^NamespaceNotFound",
    "route53": r"^NoSuchHealthCheck",
    "lambda": r"^(EC2|KMS)",
    "s3": r"^NoSuch(Bucket|Key)",
    "sns": r"^KMSNotFound",
    "stepfunctions": r"^TaskDoesNotExist",
}
"""Not what the call asks for, but something beside it: that it is missing is a refusal, and no answer to the question.

Lambda's own are answered with 502, and so are an unreachable service (Lambda API reference, Invoke). What is missing
in a bucket or among the snapshots was listed just before. A task that is gone has an error of its own.
"""


@cache
def session() -> Any:
    return botocore.session.get_session()


def calls() -> Iterator[tuple[str, str]]:
    """Service and operation of every call of the adapters, by the words in their sources."""
    for path in sorted(FOLDER.glob("*.py")):
        tree = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        words = {node.attr for node in tree if isinstance(node, ast.Attribute)}
        words |= {node.value for node in tree if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        for service in _services(tree):
            for operation in session().get_service_model(service).operation_names:
                if xform_name(operation) in words:
                    yield service, operation


def _services(tree: list[ast.AST]) -> set[str]:
    return {
        str(node.args[0].value)
        for node in tree
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "client"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }


def codes() -> Iterator[tuple[str, str, int]]:
    """Service, code and status of every error of every call; a code may be that of the wire or the shape's name."""
    for service, operation in calls():
        for shape in session().get_service_model(service).operation_model(operation).error_shapes:
            said = shape.metadata.get("error", {})
            for code in {said.get("code", shape.name), shape.name}:
                yield service, code, int(said.get("httpStatusCode", 400))


def expected(code: str) -> type[errors.LyoDrError] | None:
    """The error a code should be by its name; None where the name says nothing of a kind we know."""
    return next((error for pattern, error in KINDS if re.search(pattern, code)), None)


def translated(code: str, status: int) -> type[BaseException]:
    answer: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    with pytest.raises(errors.LyoDrError) as caught, calling("asking"):
        raise ClientError(answer, "Ask")
    return caught.type


def test_d9_no_code_of_a_kind_we_know_is_unknown() -> None:
    unknown = {
        (service, code)
        for service, code, status in codes()
        if not re.search(ANOTHER_THING.get(service, r"$^"), code)
        and (wanted := expected(code)) is not None
        and not issubclass(translated(code, status), wanted)
    }
    assert unknown == set()


def test_d9_a_service_that_fails_is_unreachable_whatever_it_calls_that() -> None:
    told = (errors.ServiceUnreachable, errors.Throttled, errors.AccessDenied)
    wrong = {
        (service, code)
        for service, code, status in codes()
        if status >= 500 and not issubclass(translated(code, status), told)
    }
    assert wrong == set()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("DBInstanceAutomatedBackupNotFound", errors.NotFound),
        ("DBInstanceAutomatedBackupNotFoundFault", errors.NotFound),
        ("AuthorizationError", errors.AccessDenied),
        ("AuthorizationErrorException", errors.AccessDenied),
    ],
)
def test_d9_a_missing_backup_and_a_refused_message_are_called_so(code: str, error: type[errors.LyoDrError]) -> None:
    assert translated(code, 400) is error


def test_d9_the_comparison_sees_the_calls_of_every_adapter() -> None:
    found = set(calls())
    assert {service for service, _ in found} >= {"rds", "sns", "ecs", "dynamodb", "logs", "wafv2", "lambda", "s3"}
    assert ("rds", "RestoreDBInstanceToPointInTime") in found
    assert ("sns", "Publish") in found


def _paged(service: str, operation: str) -> bool:
    """Whether an answer may be one page of several."""
    shape = session().get_service_model(service).operation_model(operation).output_shape
    marks = {"Marker", "NextMarker", "NextToken", "nextToken", "LastEvaluatedKey", "NextRecordName"}
    marks |= {"NextContinuationToken"}
    return shape is not None and bool(marks & set(shape.members))


READS_ALL_PAGES = {
    "cloudtrail:LookupEvents",
    "dynamodb:Query",
    "ecs:ListTasks",
    "logs:DescribeExportTasks",
    "logs:FilterLogEvents",
    "rds:DescribeDBInstanceAutomatedBackups",
    "rds:DescribeDBParameters",
    "rds:DescribeDBSnapshots",
    "s3:ListObjectsV2",
    "secretsmanager:ListSecretVersionIds",
    "stepfunctions:ListExecutions",
    "wafv2:ListIPSets",
    "wafv2:ListWebACLs",
}
ASKS_FOR_ONE = {
    "application-autoscaling:DescribeScalableTargets": "the target of one service",
    "cloudwatch:DescribeAlarms": "one alarm by its name",
    "ec2:DescribeSecurityGroups": "groups by their ids, as many as the plan names",
    "cloudwatch:GetMetricData": "one metric over some minutes, one value a minute",
    "elasticache:DescribeReplicationGroups": "one group by its id",
    "rds:DescribeDBInstances": "one instance by its identifier",
    "route53:ListResourceRecordSets": "begins at the name that is asked for; its two records are on the first page",
}


def test_r3_every_listing_reads_all_its_pages_or_asks_for_one_thing() -> None:
    """A new call of this kind fails here, until it is known which of the two it is."""
    found = {f"{service}:{operation}" for service, operation in calls() if _paged(service, operation)}
    assert found == READS_ALL_PAGES | set(ASKS_FOR_ONE)
