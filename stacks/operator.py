"""The operator API: a function behind an IAM-authenticated URL, and the permissions to use it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lam
from constructs import Construct

from stacks.constructs.function_assets import FunctionAssets
from stacks.constructs.nag import acknowledge
from stacks.constructs.role import document_with
from stacks.constructs.step import Step
from stacks.grants.people import operators
from stacks.site import Site


class Operator(cdk.Stack):
    """One API per region: a question is asked where the recovery runs, and answered there."""

    def __init__(self, scope: Construct, site: Site, key: kms.IKey) -> None:
        super().__init__(
            scope,
            site.names.stack("operator"),
            env=site.environment,
            description=f"Lyo DR: operator API in {site.region}",
        )
        self._site = site
        step = Step(FunctionAssets(self, site, key), self, "operator", "AnswerOperator")
        step.ring_on_errors("an operator's command failed")
        self._url(step)
        self._policy(key)

    def _url(self, step: Step) -> None:
        """On the function itself: a URL can belong to a function or an alias, not to a version."""
        lam.CfnUrl(self, "Url", auth_type="AWS_IAM", target_function_arn=step.function.function_name)

    def _policy(self, key: kms.IKey) -> None:
        """Managed policy that an administrator attaches to operators' roles; it is attached to none by default."""
        names = self._site.names
        grants = operators(self._site.plan, names)
        policy = iam.ManagedPolicy(
            self,
            "Operators",
            managed_policy_name=f"{names.prefix}-operators-{names.region}",
            description="Start incidents, follow them, answer questions, pause; writes to no table",
            document=document_with(grants, key),
        )
        for grant in grants:
            acknowledge(policy, {f"AwsSolutions-IAM5[Resource::{wide}]": grant.why for wide in grant.wildcards()})
