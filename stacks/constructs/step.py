"""One step: a function, its log group, its role, its published version."""

from __future__ import annotations

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from lyo_dr.model.resource_names import snake
from stacks.constructs.alarm import Watch, ring_responders
from stacks.constructs.function_assets import FunctionAssets
from stacks.constructs.logs import log_group
from stacks.constructs.nag import acknowledge
from stacks.constructs.role import role_with
from stacks.grants import grants_for, speaks_sql
from stacks.grants.function import log_group_of, stand_in_vpc, trace, write_logs

_MINUTE = cdk.Duration.minutes(1)
_DAILY = cdk.Duration.days(1)


def _target(function: lam.IFunction, event: dict[str, object] | None = None) -> targets.LambdaFunction:
    """A late run says nothing about the present; the next one is due."""
    given = events.RuleTargetInput.from_object(event) if event else None
    return targets.LambdaFunction(function, event=given, retry_attempts=0)


@dataclass(frozen=True)
class Limits:
    """Timeout of a function, and what happens to an event whose run failed."""

    timeout: cdk.Duration
    dead_letters: sqs.IQueue | None = None
    asynchronous_retries: int | None = None


DEFAULT = Limits(timeout=cdk.Duration.seconds(30))


class Step(Construct):
    """The function behind one state, with the permissions of its row in the grants table and no others."""

    def __init__(
        self, assets: FunctionAssets, scope: Construct, process: str, step: str, limits: Limits = DEFAULT
    ) -> None:
        super().__init__(scope, step)
        self.site = assets.site
        self.process = process
        self.step = step
        self.name = assets.site.names.function(process, step)
        self.sql = speaks_sql(process, step)
        self._round = _MINUTE
        self.function = self._function(assets, limits)
        self.version = self.function.current_version
        acknowledge(
            self.function,
            {"AwsSolutions-L1": "Python 3.13 is what the locked dependencies are built for; raised together with them"},
        )

    def every(self, ident: str, rate: cdk.Duration) -> None:
        """Run the published version regularly. Before :meth:`ring_on_errors`, which counts these rounds."""
        self._round = rate
        events.Rule(self, ident, schedule=events.Schedule.rate(rate), targets=[_target(self.version)])

    def keep_warm(self) -> None:
        """Ping daily: an idle function inside a VPC becomes Inactive, and the call that reactivates it fails.

        State machines call the published version, other functions the newest.
        """
        ping: dict[str, object] = {"warm": True}
        both = [_target(self.version, ping), _target(self.function, ping)]
        events.Rule(self, "Warm", schedule=events.Schedule.rate(_DAILY), targets=both)

    def ring_on_errors(self, why: str, rounds: int = 1) -> None:
        """Notify the responders when runs fail in this many rounds in a row; without a schedule a round is a minute.

        A period shorter than a round holds no data most of the time, and no data is no failure: two in a row would
        never be found.
        """
        watch = Watch(
            "AWS/Lambda",
            "Errors",
            {"FunctionName": self.name},
            seconds=int(self._round.to_seconds()),
            periods=rounds,
        )
        ring_responders(
            self,
            "Errors",
            site=self.site,
            name=f"{self.name}-errors",
            why=why,
            watch=watch,
        )

    def _function(self, assets: FunctionAssets, limits: Limits) -> lam.Function:
        function = lam.Function(
            self,
            "Function",
            function_name=self.name,
            description=f"{self.step} of {self.process}",
            runtime=lam.Runtime.PYTHON_3_13,
            architecture=lam.Architecture.ARM_64,
            code=assets.code,
            handler=f"lyo_dr.steps.{self.process}.{snake(self.step)}.handler",
            layers=assets.layers,
            role=self._role(assets).without_policy_updates(),
            log_group=log_group(
                self,
                name=log_group_of(self.name),
                key=assets.key,
                days=self.site.plan.deployment.log_retention_days,
            ),
            memory_size=512,
            timeout=limits.timeout,
            tracing=lam.Tracing.ACTIVE if self.site.plan.tracing else None,
            environment={
                "AWS_SDK_UA_APP_ID": self.step,
                "POWERTOOLS_SERVICE_NAME": self.process,
                "POWERTOOLS_LOG_LEVEL": "INFO",
            },
            dead_letter_queue=limits.dead_letters,
            # Retained: a running execution keeps calling the versions it started with. Not when the update that
            # published it is rolled back: the next one would publish nothing, and fail for it (Lambda API reference,
            # PublishVersion: no version while the code has not changed since the last one).
            current_version_options=lam.VersionOptions(
                removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE, retry_attempts=limits.asynchronous_retries
            ),
        )
        if self.sql:
            self._stand_in_vpc(function)
        return function

    def _role(self, assets: FunctionAssets) -> iam.Role:
        names = self.site.names
        grants = write_logs(names, self.name) + trace(self.site.plan)
        if self.sql:
            grants += stand_in_vpc(names, self.name)
        grants += grants_for(self.site.plan, names, self.process, self.step)
        of = (self.process, self.step)
        return role_with(self, names=names, of=of, service="lambda.amazonaws.com", grants=grants, key=assets.key)

    def _stand_in_vpc(self, function: lam.Function) -> None:
        """Network ids of the plan, set on the resource itself, so that the CDK looks up and grants nothing."""
        network = self.site.plan.networks[self.site.region]
        resource = function.node.default_child
        if not isinstance(resource, lam.CfnFunction):
            raise TypeError("the CDK no longer makes a CfnFunction here")
        resource.vpc_config = lam.CfnFunction.VpcConfigProperty(
            subnet_ids=network.subnets, security_group_ids=network.security_groups
        )
