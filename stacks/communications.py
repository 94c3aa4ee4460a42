"""The sender of messages: woken by steps and every minute; with its alarms."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from lyo_dr.model.resource_names import METRIC_NAMESPACE, OVERDUE_METRIC
from stacks.constructs.alarm import Watch, ring_responders
from stacks.constructs.function_assets import FunctionAssets
from stacks.constructs.step import Limits, Step
from stacks.site import Site

# Shorter than a claim lasts (decisions/communications/delivery.py); three silent topics take 30 s.
_ROUND = cdk.Duration.seconds(80)


class Communications(cdk.Stack):
    """Not part of the core: a sender that cannot be deployed must not keep the table from being made."""

    def __init__(self, scope: Construct, site: Site, key: kms.IKey) -> None:
        super().__init__(
            scope,
            site.names.stack("communications"),
            env=site.environment,
            description=f"Lyo DR: sender of messages to people in {site.region}",
        )
        sender = Step(
            FunctionAssets(self, site, key),
            self,
            "communications",
            "SendMessages",
            Limits(timeout=_ROUND, asynchronous_retries=0),
        )
        sender.every("EveryMinute", cdk.Duration.minutes(1))
        sender.ring_on_errors("the outbox could not be emptied three minutes in a row", rounds=3)
        ring_responders(
            self,
            "Overdue",
            site=site,
            name=f"{site.names.prefix}-messages-overdue",
            why="messages to people have waited for five minutes, or were given up",
            watch=Watch(METRIC_NAMESPACE, OVERDUE_METRIC, {}),
        )
