"""The signals that may open an incident: exactly these alarms, of exactly this account."""

from __future__ import annotations

from aws_cdk import aws_events as events

from lyo_dr.decisions.signals import INSTANCE_ALARMS
from stacks.site import Site


def endpoint_alarms(site: Site) -> events.EventPattern:
    """The alarms on both regions' endpoints going off.

    Nobody outside AWS can put an event whose source begins with ``aws.``; account and alarm ARNs keep out the
    alarms of others. It is a hint all the same: triage reads the facts.
    """
    return _going_off(site, [site.names.endpoint_alarm_arn(region) for region in site.plan.regions.pair])


def own_alarms(site: Site) -> events.EventPattern:
    """This region's own watcher, the integrity of its databases and their instances going off, by the same marks."""
    names = site.names
    data = [names.integrity_alarm_arn(database.name) for database in site.plan.databases]
    dead = [names.database_alarm_arn(kind, each.name) for each in site.plan.databases for kind in INSTANCE_ALARMS]
    return _going_off(site, [names.peer_alarm_arn, *data, *dead])


def _going_off(site: Site, alarms: list[str]) -> events.EventPattern:
    return events.EventPattern(
        source=["aws.cloudwatch"],
        detail_type=["CloudWatch Alarm State Change"],
        account=[site.plan.account],
        resources=alarms,
        detail={"state": {"value": ["ALARM"]}},
    )
