"""An encrypted log group that outlives what wrote it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct


def log_group(scope: Construct, *, name: str, key: kms.IKey, days: int) -> logs.LogGroup:
    """Retained for as many ``days`` as the plan says, by default a year: an incident is investigated long after it.

    Retained on deletion, but not when its creation is rolled back: its name is fixed, and a second attempt to
    deploy would find it taken.
    """
    group = logs.LogGroup(
        scope,
        "Logs",
        log_group_name=name,
        encryption_key=key,
        retention=logs.RetentionDays.INFINITE,
        removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
    resource = group.node.default_child
    if not isinstance(resource, logs.CfnLogGroup):
        raise TypeError("the CDK no longer makes a CfnLogGroup here")
    resource.retention_in_days = days  # the CDK's names for the values do not contain the number
    return group
