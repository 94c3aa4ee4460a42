"""What AWS Lambda itself needs from a step's role."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant

_NETWORK_INTERFACE = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)


def log_group_of(function: str) -> str:
    """Name of the log group of a function."""
    return f"/aws/lambda/{function}"


def write_logs(names: ResourceNames, function: str) -> list[Grant]:
    """Write into the function's own log group."""
    return [
        Grant(
            ("logs:CreateLogStream", "logs:PutLogEvents"),
            (names.arn("logs", f"log-group:{log_group_of(function)}:*"),),
            "AWS Lambda chooses the names of log streams; the log group is named",
        )
    ]


def trace(plan: Plan, *also: str) -> list[Grant]:
    """Send segments to X-Ray, where the plan asks for it; nothing otherwise. ``also``: what a machine needs besides."""
    if not plan.tracing:
        return []
    return [
        Grant(
            (*also, "xray:PutTelemetryRecords", "xray:PutTraceSegments"),
            ("*",),
            "X-Ray has no resource that a segment could be sent to (Service Authorization Reference, AWS X-Ray)",
        )
    ]


def stand_in_vpc(names: ResourceNames, function: str) -> list[Grant]:
    """Let AWS Lambda attach the function to the VPC, and deny the same to the function's own code."""
    code = names.arn("lambda", f"function:{function}")
    return [
        Grant(
            _NETWORK_INTERFACE,
            ("*",),
            "AWS Lambda makes the network interface with the function's role before there is one to name",
        ),
        Grant(
            _NETWORK_INTERFACE,
            ("*",),
            "the wildcard is for AWS Lambda alone: a call from the function's own code is refused",
            {"ArnEquals": {"lambda:SourceFunctionArn": code}},
            "Deny",
        ),
    ]
