"""Detection and the front name, read from the template of us-east-1."""

from __future__ import annotations

import pytest

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.checks import endpoint_check
from tests.infrastructure.assembled import Stack


@pytest.fixture
def detection(stacks: dict[str, Stack]) -> Stack:
    stack = stacks["LyoDr-detection"]
    assert stack.region == "us-east-1"
    return stack


def test_an_https_address_is_asked_by_name_with_its_server_name() -> None:
    assert endpoint_check("https://eu.example.com", "/health/ready") == {
        "type": "HTTPS",
        "port": 443,
        "resource_path": "/health/ready",
        "request_interval": 10,
        "failure_threshold": 3,
        "fully_qualified_domain_name": "eu.example.com",
        "enable_sni": True,
    }


def test_an_ip_address_is_asked_as_such() -> None:
    check = endpoint_check("http://192.0.2.7:8080/app/", "/health/ready")
    assert (check["type"], check["ip_address"], check["port"]) == ("HTTP", "192.0.2.7", 8080)
    assert check["resource_path"] == "/app/health/ready"
    assert "fully_qualified_domain_name" not in check


def test_both_endpoints_are_watched_by_an_alarm_on_their_check(detection: Stack, plan: Plan) -> None:
    for region in plan.regions.pair:
        alarm = detection.one(
            "AWS::CloudWatch::Alarm", AlarmName=ResourceNames(plan, region).endpoint_alarm(region)
        ).properties
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Route53", "HealthCheckStatus")
        assert (alarm["Statistic"], alarm["ComparisonOperator"], alarm["Threshold"]) == (
            "Minimum",
            "LessThanThreshold",
            1,
        )
        check = detection.template["Resources"][alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]]
        assert check["Type"] == "AWS::Route53::HealthCheck"


def test_every_other_service_is_watched_too_and_its_alarm_starts_nothing(detection: Stack, plan: Plan) -> None:
    assert plan.front_service().name == "assistant"
    rule = detection.one("AWS::Events::Rule").properties
    topic = detection.one("AWS::SNS::Topic", TopicName="lyo-dr-responders")
    assert "KmsMasterKeyId" in topic.properties
    for region in plan.regions.pair:
        name = ResourceNames(plan, region).service_alarm("worker", region)
        alarm = detection.one("AWS::CloudWatch::Alarm", AlarmName=name)
        assert alarm.properties["AlarmActions"] == [{"Ref": topic.logical}]
        assert not [arn for arn in rule["EventPattern"]["resources"] if arn.endswith(name)]
        check = detection.template["Resources"][alarm.properties["Dimensions"][0]["Value"]["Fn::GetAtt"][0]]
        asked = check["Properties"]["HealthCheckConfig"]
        url = plan.service("worker").places[region].url
        assert (asked["FullyQualifiedDomainName"], asked["ResourcePath"]) == (str(url).split("/")[2], "/health/ready")


def test_must_not_fire_the_alarm_of_the_service_behind_the_name_notifies_no_topic(detection: Stack, plan: Plan) -> None:
    for region in plan.regions.pair:
        name = ResourceNames(plan, region).endpoint_alarm(region)
        assert "AlarmActions" not in detection.one("AWS::CloudWatch::Alarm", AlarmName=name).properties


def test_an_alarm_reaches_both_buses(detection: Stack, plan: Plan) -> None:
    rule = detection.one("AWS::Events::Rule").properties
    buses = {f"arn:aws:events:{r}:{plan.account}:event-bus/lyo-dr-signals" for r in plan.regions.pair}
    assert {target["Arn"] for target in rule["Targets"]} == buses
    assert all("RoleArn" in target for target in rule["Targets"]), "a bus of another region needs a role"
    assert "EventBusName" not in rule, "alarms appear on the default bus"
    assert rule["EventPattern"]["detail"] == {"state": {"value": ["ALARM"]}}


def test_the_front_name_has_a_primary_and_a_secondary_each_with_its_latch(detection: Stack, plan: Plan) -> None:
    for region in plan.regions.pair:
        names = ResourceNames(plan, region)
        record = names.record_of(region)
        answer = detection.one("AWS::Route53::RecordSet", Failover=record.upper(), Type="A")
        assert answer.deletion == "RetainExceptOnCreate"
        assert answer.properties["Name"] == plan.main_front().name
        check = detection.template["Resources"][answer.properties["HealthCheckId"]["Fn::GetAtt"][0]]
        assert check["DeletionPolicy"] == "RetainExceptOnCreate"
        assert check["Properties"]["HealthCheckConfig"] == {
            "Type": "CLOUDWATCH_METRIC",
            "AlarmIdentifier": {"Name": names.latch_alarm(record), "Region": names.latch_region(record)},
            "InsufficientDataHealthStatus": "LastKnownStatus",
        }


def test_a_load_balancer_becomes_an_alias_and_an_address_an_answer_with_a_ttl(detection: Stack, plan: Plan) -> None:
    primary = detection.one("AWS::Route53::RecordSet", Failover="PRIMARY", Type="A").properties
    assert primary["AliasTarget"]["DNSName"] == plan.main_front().targets["eu-west-1"].load_balancer
    assert primary["AliasTarget"]["EvaluateTargetHealth"] is False, "the latch alone decides"
    assert "TTL" not in primary
    secondary = detection.one("AWS::Route53::RecordSet", Failover="SECONDARY").properties
    assert (secondary["ResourceRecords"], secondary["TTL"]) == (["192.0.2.7"], "60")
