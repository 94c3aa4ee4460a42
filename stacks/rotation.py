"""The secret rotation stack: its machine, the functions inside the VPC it invokes, and its schedule."""

from __future__ import annotations

import json
from datetime import timedelta

from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from constructs import Construct

from lyo_dr.model.plan import Secret
from stacks.constructs.role import role_with
from stacks.constructs.step import Step
from stacks.grants import Grant
from stacks.process import ROTATION_SQL, ProcessStack
from stacks.site import Site


class SecretRotation(ProcessStack):
    """The same in both regions; the one that is not active reports so and does nothing."""

    def __init__(self, scope: Construct, site: Site, key: kms.IKey) -> None:
        super().__init__(scope, site, "secret_rotation", ("secret_rotation",), key)
        for name in ROTATION_SQL:
            Step(self.assets, self, "secret_rotation", name).keep_warm()
        scheduled = [secret for secret in site.plan.secrets if secret.rotate_every is not None]
        if scheduled:
            self._schedule(site, scheduled)

    def _schedule(self, site: Site, secrets: list[Secret]) -> None:
        machine = site.names.machine("secret_rotation")
        schedule = Construct(self, "Schedule")
        role = role_with(
            schedule,
            names=site.names,
            of=("secret_rotation", "Schedule"),
            service="events.amazonaws.com",
            grants=[Grant(("states:StartExecution",), (machine,), "a rotation by the calendar")],
        )
        for secret in secrets:
            events.CfnRule(
                schedule,
                secret.name.replace("/", "-"),
                schedule_expression=_every(secret.rotate_every or timedelta(days=1)),
                targets=[
                    events.CfnRule.TargetProperty(
                        id="rotation",
                        arn=machine,
                        role_arn=role.role_arn,
                        input=json.dumps({"by": "schedule", "secrets": [secret.name]}),
                    )
                ],
            )


def _every(span: timedelta) -> str:
    """In the syntax of EventBridge: one day is singular."""
    return "rate(1 day)" if span.days == 1 else f"rate({span.days} days)"
