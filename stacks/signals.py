"""The signals that may open an incident: exactly these alarms, of exactly this account."""

from __future__ import annotations

from aws_cdk import aws_events as events

from lyo_dr.decisions.incident.signals import INSTANCE_ALARMS
from stacks.site import Site


def endpoint_alarms(site: Site) -> events.EventPattern:
    """The alarms on both regions' endpoints changing to ALARM.

    Nobody outside AWS can put an event whose source begins with ``aws.``; account and alarm ARNs keep out the
    alarms of others. It is a hint all the same: triage reads the facts.
    """
    return _going_off(site, [arn for region in site.plan.regions.pair for arn in site.names.watched_alarm_arns(region)])


def own_alarms(site: Site) -> events.EventPattern:
    """Alarms of this region's watcher, databases and web ACL changing to ALARM, with the same conditions."""
    names, breach = site.names, site.plan.breach
    here = site.plan.databases_in(site.region)
    data = [names.integrity_alarm_arn(database.name) for database in here]
    dead = [names.database_alarm_arn(kind, each.name) for each in here for kind in INSTANCE_ALARMS]
    waf = [] if breach is None else [names.arn("cloudwatch", f"alarm:{a}") for a in breach.alarms.get(site.region, [])]
    return _going_off(site, [names.peer_alarm_arn, *data, *dead, *waf])


def findings(site: Site) -> events.EventPattern:
    """GuardDuty findings of this account and region, except archived ones.

    GuardDuty publishes where it found something, on the default bus (user guide, "Processing findings with Amazon
    EventBridge"). Whether a finding is grave is judged by the incident, not here: a light one is preserved, too.
    """
    return events.EventPattern(
        source=["aws.guardduty"],
        detail_type=["GuardDuty Finding"],
        account=[site.plan.account],
        region=[site.region],
        detail={"service": {"archived": [False]}},
    )


def _going_off(site: Site, alarms: list[str]) -> events.EventPattern:
    return events.EventPattern(
        source=["aws.cloudwatch"],
        detail_type=["CloudWatch Alarm State Change"],
        account=[site.plan.account],
        resources=alarms,
        detail={"state": {"value": ["ALARM"]}},
    )
