"""Detection in us-east-1: Route 53 health checks, their alarms, and the one rule that forwards to both regions.

Route 53 publishes its metrics in this region only. It is therefore in this way of detection, never in recovery.
"""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53
from constructs import Construct

from lyo_dr.model.plan import Service
from lyo_dr.model.resource_names import DETECTION_REGION, ResourceNames
from stacks.checks import endpoint_check
from stacks.constructs.own_key import own_key
from stacks.constructs.role import role_with
from stacks.constructs.topic import senders_may_use_it, topic
from stacks.grants import Grant
from stacks.signals import endpoint_alarms
from stacks.site import Site
from stacks.traffic import Traffic


class Detection(cdk.Stack):
    """Deployed after the core and keeper stacks: buses and latch alarms must exist."""

    def __init__(self, scope: Construct, site: Site) -> None:
        super().__init__(
            scope,
            site.names.detection_stack(),
            env=site.environment,
            description="Lyo DR: health checks, their alarms, forwarding of alarms to both regions, DNS name",
        )
        self._site = site
        for index, front in enumerate(watched := site.plan.watched_services()):
            for region in site.plan.regions.pair:
                # The first keeps the logical ids of a plan with one; the names of alarms do the same.
                role = ("" if index == 0 else _camel(front.name)) + site.names.record_of(region).capitalize()
                self._watch(role, front, region, site.names.watched_alarm(front.name, region))
        self._watch_others([each for each in site.plan.services if each.listens and each not in watched])
        self._forward()
        Traffic(self, site)

    def _watch_others(self, services: list[Service]) -> None:
        """The other services have checks, too, whose alarms notify responders and start nothing.

        A topic of this region: an alarm notifies no other one.
        """
        if not services:
            return
        site = self._site
        key = own_key(self, site) or self._key()
        responders = topic(self, site.names, "responders", site.plan.contacts.responders, key)
        for service in services:
            for region in site.plan.regions.pair:
                role = f"{_camel(service.name)}{site.names.record_of(region).capitalize()}"
                alarm = self._watch(role, service, region, site.names.service_alarm(service.name, region))
                alarm.alarm_actions = [responders.topic_arn]

    def _key(self) -> kms.Key:
        key = kms.Key(
            self,
            "Key",
            description="Notifications of Lyo DR about single services",
            enable_key_rotation=True,
            removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )
        key.add_to_resource_policy(senders_may_use_it("cloudwatch"))
        return key

    def _watch(self, role: str, service: Service, region: str, alarm: str) -> cloudwatch.CfnAlarm:
        """A health check of a service in ``region``, and the alarm on it."""
        check = route53.CfnHealthCheck(
            self,
            f"Endpoint{role}",
            health_check_config=route53.CfnHealthCheck.HealthCheckConfigProperty(
                **endpoint_check(service.places[region].url or "", service.ready_path)
            ),
        )
        return cloudwatch.CfnAlarm(
            self,
            f"EndpointDown{role}",
            alarm_name=alarm,
            alarm_description=f"Route 53 health checks of {service.ready_path} of {service.name} in {region} fail",
            namespace="AWS/Route53",
            metric_name="HealthCheckStatus",
            dimensions=[cloudwatch.CfnAlarm.DimensionProperty(name="HealthCheckId", value=check.attr_health_check_id)],
            statistic="Minimum",
            period=60,
            evaluation_periods=1,
            threshold=1,
            comparison_operator="LessThanThreshold",
            # The metric is published by us-east-1, whatever happens to the endpoint: missing data is about us-east-1,
            # not about the watched region. It neither opens an incident nor hides an open one.
            treat_missing_data="ignore",
        )

    def _forward(self) -> None:
        """Forward every alarm to both buses: the region that is up decides which one acts."""
        plan = self._site.plan
        there = [ResourceNames(plan, region) for region in plan.regions.pair]
        buses = [names.arn("events", f"event-bus/{names.bus}") for names in there]
        forward = Construct(self, "Forward")
        role = role_with(
            forward,
            names=self._site.names,
            of=("detection", "Forward"),
            service="events.amazonaws.com",
            grants=[Grant(("events:PutEvents",), tuple(buses), "the buses of both recovery regions")],
        )
        rule = events.Rule(forward, "Rule", event_pattern=endpoint_alarms(self._site))
        for region, bus in zip(plan.regions.pair, buses, strict=True):
            there_bus = events.EventBus.from_event_bus_arn(forward, f"Bus-{region}", bus)
            rule.add_target(targets.EventBus(there_bus, role=role.without_policy_updates()))


def _camel(name: str) -> str:
    return name.title().replace("-", "")


def site_of_detection(site: Site) -> Site:
    """The same plan, in us-east-1."""
    return Site(site.plan, DETECTION_REGION, site.sources)
