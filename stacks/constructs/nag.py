"""Acknowledging a finding of cdk-nag, always with the reason."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import IConstruct


def acknowledge(scope: IConstruct, reasons: dict[str, str]) -> None:
    """Accept findings on one construct: ``AwsSolutions-SF2``, or one of several, ``AwsSolutions-IAM5[Resource::*]``."""
    for rule, reason in reasons.items():
        cdk.Validations.of(scope).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))
