"""The signals that may open an incident: exactly these alarms, of exactly this account."""

from __future__ import annotations

from aws_cdk import aws_events as events

from stacks.site import Site


def endpoint_alarms(site: Site) -> events.EventPattern:
    """The alarms on both regions' endpoints going off.

    Nobody outside AWS can put an event whose source begins with ``aws.``; account and alarm ARNs keep out the
    alarms of others. It is a hint all the same: triage reads the facts.
    """
    return events.EventPattern(
        source=["aws.cloudwatch"],
        detail_type=["CloudWatch Alarm State Change"],
        account=[site.plan.account],
        resources=[site.names.endpoint_alarm_arn(region) for region in site.plan.regions.pair],
        detail={"state": {"value": ["ALARM"]}},
    )
