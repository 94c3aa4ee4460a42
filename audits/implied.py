"""Permissions that AWS's services use in the name of a role: no call of a step shows them, and nothing here asks.

The local AWS encrypts nothing with keys, runs functions outside of any VPC and takes their logs itself. These
permissions are therefore neither used nor missed in a rehearsal; each is listed with the reason it is there for.
"""

from __future__ import annotations

from dataclasses import dataclass

from audits.roles import Part

_ASKED_BY_LAMBDA = {
    "logs:CreateLogStream": "AWS Lambda writes the function's log in the name of its role",
    "logs:PutLogEvents": "AWS Lambda writes the function's log in the name of its role",
    "sqs:SendMessage": "AWS Lambda keeps the event of a failed run in the name of the function's role",
    **{
        f"ec2:{action}": "AWS Lambda attaches the function to its VPC in the name of its role; the code may not"
        for action in (
            "AssignPrivateIpAddresses",
            "CreateNetworkInterface",
            "DeleteNetworkInterface",
            "DescribeNetworkInterfaces",
            "DescribeSubnets",
            "UnassignPrivateIpAddresses",
        )
    },
}
_MAKES_INSTANCES = {
    "rds:CreateDBInstanceReadReplica",
    "rds:RestoreDBInstanceFromDBSnapshot",
    "rds:RestoreDBInstanceToPointInTime",
}
_EITHER = {"rds:DescribeDBInstanceAutomatedBackups": ":db:", "rds:DescribeDBSnapshots": ":snapshot:"}
_KEY_ACTIONS = {"kms:Decrypt", "kms:GenerateDataKey"}
_SERVICES = {"dynamodb": "Amazon DynamoDB", "s3": "Amazon S3", "sns": "Amazon SNS", "sqs": "Amazon SQS"}


@dataclass(frozen=True)
class Implied:
    """Why a permission is needed though no call shows it. ``needs``: the service whose calls imply it, or nothing."""

    reason: str
    needs: str = ""


def implied(part: Part) -> Implied | None:
    """Say why no call shows this permission; None where calls have to."""
    if part.action in _ASKED_BY_LAMBDA:
        return Implied(_ASKED_BY_LAMBDA[part.action])
    if reason := _of_rds(part):
        return Implied(reason, "rds")
    if part.action not in _KEY_ACTIONS:
        return None
    via = str(part.statement.conditions.get("StringEquals", {}).get("kms:ViaService", ""))
    service = via.split(".")[0]
    if service not in _SERVICES:
        return None
    return Implied(f"{_SERVICES[service]} asks for the key in the caller's name; the local AWS has no keys", service)


def _of_rds(part: Part) -> str:
    if part.action in ("kms:CreateGrant", "kms:DescribeKey"):
        return "Amazon RDS asks for the key in the caller's name; the local AWS encrypts nothing"
    if part.action in _EITHER and _EITHER[part.action] in part.resource:
        return "AWS lists two kinds of resources for this read; the local AWS asks about the other one"
    if part.action in _MAKES_INSTANCES and ":og:" in part.resource:
        return "Amazon RDS asks for the default option group of what is made; the local AWS has none"
    return ""
