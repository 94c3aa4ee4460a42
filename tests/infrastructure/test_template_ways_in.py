"""What starts functions: schedules, and the one rule for signals."""

from __future__ import annotations

from lyo_dr.model.names import Names
from lyo_dr.model.plan import Plan
from tests.infrastructure.assembled import Stack

Regional = dict[str, dict[str, Stack]]


def test_functions_inside_the_vpc_are_pinged_daily_or_run_every_minute(regional: Regional) -> None:
    for parts in regional.values():
        for stack in parts.values():
            awake = {
                target["Arn"]["Ref"]: rule.properties["ScheduleExpression"]
                for rule in stack.resources("AWS::Events::Rule")
                for target in rule.properties["Targets"]
                if "ScheduleExpression" in rule.properties
            }
            owners = {stack.template["Resources"][v]["Properties"]["FunctionName"]["Ref"]: r for v, r in awake.items()}
            for function in stack.resources("AWS::Lambda::Function"):
                if "VpcConfig" in function.properties:
                    assert owners[function.logical] in ("rate(1 day)", "rate(1 minute)"), function.where


def test_keepers_run_every_minute_and_are_not_repeated(regional: Regional) -> None:
    for parts in regional.values():
        keeper = parts["keeper"]
        rates = [rule.properties["ScheduleExpression"] for rule in keeper.resources("AWS::Events::Rule")]
        assert sorted(rates) == ["rate(1 day)", "rate(1 minute)", "rate(1 minute)", "rate(5 minutes)"]
        retries = [c.properties["MaximumRetryAttempts"] for c in keeper.resources("AWS::Lambda::EventInvokeConfig")]
        assert retries == [0, 0, 0]


def test_a_latch_lies_in_the_region_that_outlives_the_other(regional: Regional, plan: Plan) -> None:
    for record in ("primary", "secondary"):
        names = Names(plan, plan.regions.primary)
        keeper = regional[names.latch_region(record)]["keeper"]
        alarm = keeper.one("AWS::CloudWatch::Alarm", AlarmName=names.latch_alarm(record))
        assert alarm.deletion == "Retain"
        assert alarm.properties["Dimensions"] == [{"Name": "Record", "Value": record}]
        assert alarm.properties["TreatMissingData"] == "ignore"
        assert alarm.properties["Period"] >= 60, "Route 53 watches standard-resolution alarms only"


def test_a_signal_that_cannot_be_handled_is_kept_and_rings(regional: Regional, plan: Plan) -> None:
    for region, parts in regional.items():
        stack = parts["incident-response"]
        names = Names(plan, region)
        rule = stack.one("AWS::Events::Rule").properties
        queue = stack.one("AWS::SQS::Queue")
        assert rule["Targets"][0]["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0] == queue.logical
        receive = stack.one("AWS::Lambda::Function", FunctionName=names.function("incident_response", "Receive"))
        assert receive.properties["DeadLetterConfig"]["TargetArn"]["Fn::GetAtt"][0] == queue.logical
        alarms = {a.properties["Namespace"] for a in stack.resources("AWS::CloudWatch::Alarm")}
        assert {"AWS/SQS", "AWS/Lambda"} <= alarms


def test_the_trigger_takes_exactly_our_alarms_of_our_account(regional: Regional, plan: Plan) -> None:
    for region, parts in regional.items():
        names = Names(plan, region)
        pattern = parts["incident-response"].one("AWS::Events::Rule").properties["EventPattern"]
        assert pattern["resources"] == [names.endpoint_alarm_arn(r) for r in plan.regions.pair]
        assert pattern["account"] == [plan.account]
        assert pattern["source"] == ["aws.cloudwatch"]
