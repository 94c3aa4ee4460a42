"""Events, alarms and schedules: across regions, with their detail, on the local AWS's clock."""

import json
from typing import Any

import pytest

from local_aws.local import LocalAws
from tests.local_aws.builders import (
    ACCOUNT,
    EAST,
    IRELAND,
    WEST,
    eventually,
    given_function,
    given_queue,
    given_role,
    given_rule,
    messages,
    unique,
)


def _alarm(aws: LocalAws, region: str, **more: Any) -> str:
    name = unique("alarm")
    aws.client("cloudwatch", region).put_metric_alarm(
        **{
            "AlarmName": name,
            "Namespace": "Test",
            "MetricName": name,
            "Statistic": "Maximum",
            "Period": 10,
            "EvaluationPeriods": 1,
            "Threshold": 5,
            "ComparisonOperator": "GreaterThanThreshold",
            **more,
        }
    )
    return name


def _state(aws: LocalAws, region: str, name: str) -> str:
    found = aws.client("cloudwatch", region).describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"]
    return str(found)


def _report(aws: LocalAws, region: str, metric: str, value: float, **dimensions: str) -> None:
    datum: dict[str, Any] = {"MetricName": metric, "Value": value}
    if dimensions:
        datum["Dimensions"] = [{"Name": name, "Value": given} for name, given in dimensions.items()]
    aws.client("cloudwatch", region).put_metric_data(Namespace="Test", MetricData=[datum])


def _forwarded_from_east_to(aws: LocalAws, region: str, source: str) -> str:
    """A rule in us-east-1 that forwards to the default bus of a region, where a queue receives; returns its URL."""
    bus = f"arn:aws:events:{region}:{ACCOUNT}:event-bus/default"
    given_rule(aws, EAST, {"source": [source]}, bus, RoleArn=given_role(aws))
    url, arn = given_queue(aws, region)
    given_rule(aws, region, {"source": [source]}, arn)
    return url


def _put(aws: LocalAws, source: str) -> None:
    entry = {"Source": source, "DetailType": "Test", "Detail": '{"n": 1}'}
    aws.client("events", EAST).put_events(Entries=[entry])


def test_an_event_reaches_a_bus_in_another_region_and_keeps_where_it_came_from(aws: LocalAws) -> None:
    source = unique("app")
    url = _forwarded_from_east_to(aws, WEST, source)
    _put(aws, source)
    (event,) = eventually(lambda: messages(aws, WEST, url))
    assert (event["region"], event["detail"]) == (EAST, {"n": 1})


def test_an_event_does_not_reach_a_dead_region(aws: LocalAws) -> None:
    source = unique("app")
    url = _forwarded_from_east_to(aws, IRELAND, source)
    aws.set_faults([{"region": IRELAND, "kind": "blackhole"}])
    _put(aws, source)
    aws.set_faults([])
    _put(aws, source)
    assert len(eventually(lambda: messages(aws, IRELAND, url))) == 1


def test_an_alarm_that_changes_its_state_is_an_event_with_all_of_its_detail(aws: LocalAws) -> None:
    name = _alarm(aws, EAST, AlarmDescription="too many", Dimensions=[{"Name": "Db", "Value": "a"}])
    url, arn = given_queue(aws, EAST)
    pattern = {"source": ["aws.cloudwatch"], "detail": {"alarmName": [name], "state": {"value": ["ALARM"]}}}
    given_rule(aws, EAST, pattern, arn)
    _report(aws, EAST, name, 10, Db="a")
    (event,) = eventually(lambda: messages(aws, EAST, url))
    alarm_arn = f"arn:aws:cloudwatch:{EAST}:{ACCOUNT}:alarm:{name}"
    assert (event["detail-type"], event["resources"]) == ("CloudWatch Alarm State Change", [alarm_arn])
    assert (event["account"], event["region"]) == (ACCOUNT, EAST)
    detail = event["detail"]
    assert detail["state"]["value"] == "ALARM"
    assert detail["previousState"]["value"] in ("INSUFFICIENT_DATA", "OK")
    assert json.loads(detail["state"]["reasonData"])["recentDatapoints"] == [10.0]
    assert detail["state"]["timestamp"].endswith("+0000")
    stat = detail["configuration"]["metrics"][0]["metricStat"]
    assert (stat["metric"]["namespace"], stat["metric"]["name"]) == ("Test", name)
    assert (stat["metric"]["dimensions"], stat["period"], stat["stat"]) == ({"Db": "a"}, 10, "Maximum")


def test_a_composite_alarm_tells_its_rule(aws: LocalAws) -> None:
    child, parent = _alarm(aws, EAST), unique("composite")
    rule = f'ALARM("{child}")'
    aws.client("cloudwatch", EAST).put_composite_alarm(AlarmName=parent, AlarmRule=rule)
    url, arn = given_queue(aws, EAST)
    pattern = {"source": ["aws.cloudwatch"], "detail": {"alarmName": [parent], "state": {"value": ["ALARM"]}}}
    given_rule(aws, EAST, pattern, arn)
    _report(aws, EAST, child, 10)
    (event,) = eventually(lambda: messages(aws, EAST, url))
    assert event["detail"]["configuration"]["alarmRule"] == rule


def test_an_alarm_ignores_the_datapoints_of_another_dimension(aws: LocalAws) -> None:
    name = _alarm(aws, WEST, Dimensions=[{"Name": "Db", "Value": "a"}], Period=120)
    _report(aws, WEST, name, 10, Db="other")
    assert _state(aws, WEST, name) == "INSUFFICIENT_DATA"
    _report(aws, WEST, name, 10, Db="a")
    assert eventually(lambda: _state(aws, WEST, name) == "ALARM")


def test_an_alarm_on_silence_fires_on_the_local_clock(aws: LocalAws) -> None:
    name = _alarm(
        aws,
        WEST,
        Period=60,
        EvaluationPeriods=2,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
        TreatMissingData="breaching",
    )
    _report(aws, WEST, name, 1)
    assert eventually(lambda: _state(aws, WEST, name) == "OK")
    assert eventually(lambda: _state(aws, WEST, name) == "ALARM", within=30)


def test_silence_is_treated_as_each_alarm_says(aws: LocalAws) -> None:
    expected = {"missing": "INSUFFICIENT_DATA", "ignore": "OK", "breaching": "ALARM", "notBreaching": "OK"}
    less = {"Period": 60, "Threshold": 1, "ComparisonOperator": "LessThanThreshold", "MetricName": unique("metric")}
    names = {treat: _alarm(aws, WEST, **less, TreatMissingData=treat) for treat in expected}
    _report(aws, WEST, str(less["MetricName"]), 1)

    def states() -> dict[str, str]:
        return {treat: _state(aws, WEST, name) for treat, name in names.items()}

    assert eventually(lambda: set(states().values()) == {"OK"})
    assert eventually(lambda: states() == expected)


def test_an_alarm_needs_its_m_of_n_datapoints(aws: LocalAws) -> None:
    name = _alarm(aws, WEST, Period=60, EvaluationPeriods=3, DatapointsToAlarm=3, TreatMissingData="notBreaching")
    _report(aws, WEST, name, 10)
    assert eventually(lambda: _state(aws, WEST, name) == "OK")


def test_a_schedule_fires_on_the_local_clock_but_not_in_a_dead_region(aws: LocalAws) -> None:
    queues = {region: given_queue(aws, region) for region in (IRELAND, WEST)}
    names = {region: unique("schedule") for region in queues}
    for region, (_url, arn) in queues.items():
        events = aws.client("events", region)
        events.put_rule(Name=names[region], ScheduleExpression="rate(1 minute)")
        events.put_targets(Rule=names[region], Targets=[{"Id": "1", "Arn": arn, "Input": '{"beat": true}'}])
    aws.set_faults([{"region": IRELAND, "kind": "blackhole"}])
    assert eventually(lambda: messages(aws, WEST, queues[WEST][0]), within=8) == [{"beat": True}]
    aws.set_faults([])
    for region, name in names.items():
        aws.client("events", region).disable_rule(Name=name)
    assert messages(aws, IRELAND, queues[IRELAND][0]) == []


def test_a_scheduled_function_that_still_runs_is_not_started_beside_itself(aws: LocalAws) -> None:
    url, _ = given_queue(aws, WEST)
    code = f"""
import boto3, time
sqs = boto3.client("sqs", aws_access_key_id="{ACCOUNT}", aws_secret_access_key="t", aws_session_token=None)
def handler(event, context):
    sqs.send_message(QueueUrl={url!r}, MessageBody='"begun"')
    time.sleep(5)
    sqs.send_message(QueueUrl={url!r}, MessageBody='"ended"')
"""
    function, name, events = given_function(aws, WEST, code, Timeout=20), unique("schedule"), aws.client("events", WEST)
    events.put_rule(Name=name, ScheduleExpression="rate(1 minute)")
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": function}])
    told: list[str] = []

    def twice() -> bool:
        told.extend(messages(aws, WEST, url))
        return len(told) >= 4

    assert eventually(twice, within=40)
    events.disable_rule(Name=name)
    assert told[:4] == ["begun", "ended", "begun", "ended"]


def test_a_function_started_by_an_event_is_tried_again(aws: LocalAws) -> None:
    url, _ = given_queue(aws, WEST)
    code = f"""
import boto3, os
def handler(event, context):
    sqs = boto3.client("sqs", aws_access_key_id="{ACCOUNT}", aws_secret_access_key="t", aws_session_token=None)
    sqs.send_message(QueueUrl={url!r}, MessageBody='"tried"')
    raise RuntimeError("again")
"""
    source = unique("app")
    given_rule(aws, WEST, {"source": [source]}, given_function(aws, WEST, code))
    entry = {"Source": source, "DetailType": "Test", "Detail": "{}"}
    aws.client("events", WEST).put_events(Entries=[entry])
    seen: list[Any] = []

    def tried_twice() -> bool:
        seen.extend(messages(aws, WEST, url))
        return len(seen) >= 2

    assert eventually(tried_twice, within=12)


@pytest.mark.parametrize("inverted", [True, False])
def test_a_health_check_reads_back_as_it_was_written(aws: LocalAws, inverted: bool) -> None:
    route53 = aws.client("route53", EAST)
    regions = ["us-east-1", "us-west-1", "us-west-2"]
    check = route53.create_health_check(
        CallerReference=unique("check"),
        HealthCheckConfig={
            "Type": "HTTP",
            "FullyQualifiedDomainName": "example.test",
            "Inverted": inverted,
            "Disabled": False,
            "Regions": regions,
        },
    )["HealthCheck"]
    config = route53.get_health_check(HealthCheckId=check["Id"])["HealthCheck"]["HealthCheckConfig"]
    assert (config["Inverted"], config["Disabled"], config["Regions"]) == (inverted, False, regions)


def test_updating_a_health_check_of_a_stale_version_is_refused(aws: LocalAws) -> None:
    route53 = aws.client("route53", EAST)
    config = {"Type": "HTTP", "FullyQualifiedDomainName": "example.test"}
    check = route53.create_health_check(CallerReference=unique("check"), HealthCheckConfig=config)["HealthCheck"]
    route53.update_health_check(HealthCheckId=check["Id"], HealthCheckVersion=1, Inverted=True)
    with pytest.raises(route53.exceptions.HealthCheckVersionMismatch):
        route53.update_health_check(HealthCheckId=check["Id"], HealthCheckVersion=1, Inverted=False)
