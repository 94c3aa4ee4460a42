"""An encrypted log group that outlives what wrote it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct


def log_group(scope: Construct, *, name: str, key: kms.IKey) -> logs.LogGroup:
    """Retained for a year: an incident is investigated long after it.

    Retained on deletion, but not when its creation is rolled back: its name is fixed, and a second attempt to
    deploy would find it taken.
    """
    return logs.LogGroup(
        scope,
        "Logs",
        log_group_name=name,
        encryption_key=key,
        retention=logs.RetentionDays.ONE_YEAR,
        removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
