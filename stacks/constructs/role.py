"""A role that holds its grants and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from lyo_dr.model.resource_names import ResourceNames
from stacks.constructs.nag import acknowledge
from stacks.grants import REGION_KEY, Grant


def role_with(
    scope: Construct,
    *,
    names: ResourceNames,
    of: tuple[str, str],
    service: str,
    grants: Sequence[Grant],
    key: kms.IKey | None = None,
) -> iam.Role:
    """One role for one ``service`` principal, under the path of the plan. ``of`` are the process and the step.

    The policy is inline, so role and rights appear in one step: a function is never created before its rights are.
    """
    policy = document_with(grants, key)
    role = iam.Role(
        scope,
        "Role",
        role_name=names.role(*of),
        path=None if (path := names.plan.deployment.role_path) == "/" else path,
        assumed_by=iam.ServicePrincipal(service),
        inline_policies={"grants": policy} if grants else {},
    )
    for grant in grants:
        acknowledge(role, {f"AwsSolutions-IAM5[Resource::{wide}]": grant.why for wide in grant.wildcards()})
    return role


def document_with(grants: Sequence[Grant], key: kms.IKey | None = None) -> iam.PolicyDocument:
    """A policy that holds these grants and nothing else."""
    return iam.PolicyDocument(statements=[_statement(grant, key) for grant in grants])


def _statement(grant: Grant, key: kms.IKey | None) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        effect=iam.Effect.ALLOW if grant.effect == "Allow" else iam.Effect.DENY,
        actions=list(grant.actions),
        resources=[_resource(resource, key) for resource in grant.resources],
        conditions=grant.conditions or None,
    )


def _resource(resource: str, key: kms.IKey | None) -> str:
    if resource != REGION_KEY:
        return resource
    if key is None:
        raise ValueError("a grant names the region's key, but this role was given none")
    return key.key_arn
