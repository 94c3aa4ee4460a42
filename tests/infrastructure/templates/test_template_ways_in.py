"""What starts functions: schedules, and the one rule for signals."""

from __future__ import annotations

from collections import Counter

from lyo_dr.decisions.incident.signals import INSTANCE_ALARMS
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from tests.infrastructure.assembled import Stack

Regional = dict[str, dict[str, Stack]]


def _awake(stack: Stack) -> dict[tuple[str, str], str]:
    """Function, and whether its version or its newest code is run: how often it is."""
    found = {}
    for rule in stack.resources("AWS::Events::Rule"):
        for target in rule.properties["Targets"] if "ScheduleExpression" in rule.properties else []:
            if version := target["Arn"].get("Ref"):
                function = stack.template["Resources"][version]["Properties"]["FunctionName"]["Ref"]
                found[function, "version"] = rule.properties["ScheduleExpression"]
            else:
                found[target["Arn"]["Fn::GetAtt"][0], "newest"] = rule.properties["ScheduleExpression"]
    return found


def test_functions_inside_the_vpc_are_pinged_daily_or_run_every_minute(regional: Regional) -> None:
    """The version state machines call, and the newest, which other functions call: each idles by itself."""
    for parts in regional.values():
        for stack in parts.values():
            awake = _awake(stack)
            for function in stack.resources("AWS::Lambda::Function"):
                if "VpcConfig" in function.properties and awake.get((function.logical, "version")) != "rate(1 minute)":
                    both = {awake.get((function.logical, kind)) for kind in ("version", "newest")}
                    assert both == {"rate(1 day)"}, function.where


def test_keepers_run_every_minute_and_are_not_repeated(regional: Regional) -> None:
    for parts in regional.values():
        keeper = parts["keeper"]
        rates = [rule.properties["ScheduleExpression"] for rule in keeper.resources("AWS::Events::Rule")]
        # Those that keepers ask inside the VPC are pinged only.
        expected = {"rate(1 day)": 5, "rate(1 hour)": 3, "rate(1 minute)": 8, "rate(5 minutes)": 1}
        assert Counter(rates) == expected
        retries = [c.properties["MaximumRetryAttempts"] for c in keeper.resources("AWS::Lambda::EventInvokeConfig")]
        assert retries == [0] * 12


def test_a_latch_lies_in_the_region_that_outlives_the_other(regional: Regional, plan: Plan) -> None:
    for record in ("primary", "secondary"):
        names = ResourceNames(plan, plan.regions.primary)
        keeper = regional[names.latch_region(record)]["keeper"]
        alarm = keeper.one("AWS::CloudWatch::Alarm", AlarmName=names.latch_alarm(record))
        assert alarm.deletion == "RetainExceptOnCreate"
        assert alarm.properties["Dimensions"] == [{"Name": "Record", "Value": record}]
        assert alarm.properties["TreatMissingData"] == "ignore"
        assert alarm.properties["Period"] >= 60, "Route 53 watches standard-resolution alarms only"


def test_a_signal_that_cannot_be_handled_is_kept_and_rings(regional: Regional, plan: Plan) -> None:
    for region, parts in regional.items():
        stack = parts["incident-response"]
        names = ResourceNames(plan, region)
        queue = stack.one("AWS::SQS::Queue")
        rules = stack.resources("AWS::Events::Rule")
        assert len(rules) == 3
        for rule in rules:
            target = rule.properties["Targets"][0]
            assert target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] == queue.logical
            assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == plan.policy.signal_max_age.total_seconds()
        receive = stack.one("AWS::Lambda::Function", FunctionName=names.function("incident_response", "Receive"))
        assert receive.properties["DeadLetterConfig"]["TargetArn"]["Fn::GetAtt"][0] == queue.logical
        alarms = {a.properties["Namespace"] for a in stack.resources("AWS::CloudWatch::Alarm")}
        assert {"AWS/SQS", "AWS/Lambda"} <= alarms


def test_the_trigger_takes_exactly_our_alarms_of_our_account(regional: Regional, plan: Plan) -> None:
    for region, parts in regional.items():
        names = ResourceNames(plan, region)
        ways = {
            "EventBusName" in rule.properties: rule.properties["EventPattern"]
            for rule in parts["incident-response"].resources("AWS::Events::Rule")
            if rule.properties["EventPattern"]["source"] == ["aws.cloudwatch"]
        }
        assert ways[True]["resources"] == [names.endpoint_alarm_arn(r) for r in plan.regions.pair]
        data = [names.integrity_alarm_arn(database.name) for database in plan.databases]
        dead = [names.database_alarm_arn(kind, each.name) for each in plan.databases for kind in INSTANCE_ALARMS]
        waf = [] if plan.breach is None else plan.breach.alarms[region]
        own = [names.peer_alarm_arn, *data, *dead, *(names.arn("cloudwatch", f"alarm:{alarm}") for alarm in waf)]
        assert ways[False]["resources"] == own, "the default bus tells of own alarms alone"
        for pattern in ways.values():
            assert pattern["account"] == [plan.account]
            assert pattern["source"] == ["aws.cloudwatch"]
            assert pattern["detail"] == {"state": {"value": ["ALARM"]}}


def test_findings_of_our_account_and_region_come_in_unless_they_are_archived(regional: Regional, plan: Plan) -> None:
    for region, parts in regional.items():
        (rule,) = [
            rule.properties
            for rule in parts["incident-response"].resources("AWS::Events::Rule")
            if rule.properties["EventPattern"]["source"] == ["aws.guardduty"]
        ]
        assert rule["EventPattern"] == {
            "source": ["aws.guardduty"],
            "detail-type": ["GuardDuty Finding"],
            "account": [plan.account],
            "region": [region],
            "detail": {"service": {"archived": [False]}},
        }
        assert "EventBusName" not in rule, "GuardDuty publishes on the default bus"


def test_the_watcher_opens_incidents_when_it_looks_and_calls_people_when_it_does_not(
    regional: Regional, plan: Plan
) -> None:
    for region, parts in regional.items():
        names, keeper = ResourceNames(plan, region), parts["keeper"]
        peer = [{"Name": "Peer", "Value": plan.regions.peer_of(region)}]
        silent = keeper.one("AWS::CloudWatch::Alarm", AlarmName=names.watcher_alarm).properties
        lost = keeper.one("AWS::CloudWatch::Alarm", AlarmName=names.peer_alarm).properties
        assert (lost["TreatMissingData"], lost["Statistic"], lost["Dimensions"]) == ("notBreaching", "Minimum", peer)
        assert "AlarmActions" not in lost, "its event opens an incident; the first message tells people"
        assert (silent["TreatMissingData"], silent["ComparisonOperator"]) == ("breaching", "LessThanThreshold")
        assert silent["AlarmActions"] == [names.topic("responders")]
