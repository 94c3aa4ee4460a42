"""Entry of signals: rules on the bus and for the region's watcher, the receiving function, and a dead-letter queue."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.constructs.alarm import Watch, ring_responders
from stacks.constructs.function_assets import FunctionAssets
from stacks.constructs.nag import acknowledge
from stacks.constructs.step import DEFAULT, Limits, Step
from stacks.signals import endpoint_alarms, findings, own_alarms
from stacks.site import duration


class Trigger(Construct):
    """Signals on the bus reach ``receive``; one that does not ends in the dead-letter queue, with an alarm."""

    def __init__(self, assets: FunctionAssets, scope: Construct) -> None:
        super().__init__(scope, "Trigger")
        self._assets = assets
        self.queue = self._queue()
        self.receive = Step(
            assets, self, "incident_response", "Receive", Limits(timeout=DEFAULT.timeout, dead_letters=self.queue)
        )
        self.receive.ring_on_errors("a signal could not start an incident")
        self._rule()

    def _queue(self) -> sqs.Queue:
        site = self._assets.site
        queue = sqs.Queue(
            self,
            "DeadLetters",
            queue_name=site.dead_letters,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self._assets.key,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        ring_responders(
            self,
            "NotEmpty",
            site=site,
            name=f"{site.dead_letters}-not-empty",
            why="a signal was not handled; check it, and start the incident by hand if it was real",
            watch=Watch(
                "AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": site.dead_letters}, statistic="Maximum"
            ),
        )
        acknowledge(queue, {"AwsSolutions-SQS3": "this is the queue of dead letters itself"})
        return queue

    def _rule(self) -> None:
        names = self._assets.site.names
        bus = events.EventBus.from_event_bus_arn(self, "Bus", names.arn("events", f"event-bus/{names.bus}"))
        target = targets.LambdaFunction(
            self.receive.version,
            dead_letter_queue=self.queue,
            # An older signal starts nothing, so longer retries are useless.
            max_event_age=duration(self._assets.site.plan.policy.signal_max_age),
        )
        events.Rule(self, "Rule", event_bus=bus, event_pattern=endpoint_alarms(self._assets.site), targets=[target])
        # CloudWatch sends alarm events to the default bus of its own region, and to no other.
        events.Rule(self, "OwnAlarms", event_pattern=own_alarms(self._assets.site), targets=[target])
        if self._assets.site.plan.breach is not None:
            events.Rule(self, "Findings", event_pattern=findings(self._assets.site), targets=[target])
