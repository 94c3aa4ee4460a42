"""The contract with the emulator: what its own API handlers store is what the data plane reads."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from ministack.core.responses import request_scope
from ministack.services import cloudwatch, route53

from local_aws.route53.model import Alarm, AlarmReference, Endpoint, HealthCheck, RecordSet, Unsupported
from local_aws.route53.source import EmulatorChangedError, MinistackSource, health_check
from tests.local_aws.route53.fake_control_plane import ACCOUNT, API, PRIMARY

LATCH = AlarmReference("us-west-2", "lyo-dr-primary-off")


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    route53.reset()
    cloudwatch.reset()
    yield
    route53.reset()
    cloudwatch.reset()


def call(path: str, body: str) -> ElementTree.Element:
    """One Route 53 call, as the emulator's front would make it."""
    with request_scope(ACCOUNT, "us-east-1"):
        reply: Any = asyncio.run(route53.handle_request("POST", f"/2013-04-01/{path}", {}, body.encode(), {}))
    assert reply[0] in (200, 201), reply
    return ElementTree.fromstring(reply[2])  # noqa: S314 - our own emulator's


def given_check(config: str) -> str:
    body = f"<R><CallerReference>{hash(config)}</CallerReference><HealthCheckConfig>{config}</HealthCheckConfig></R>"
    found = call("healthcheck", body).find(".//{*}Id")
    assert found is not None
    return str(found.text)


def put(region: str, call_: str, **fields: Any) -> None:
    """One CloudWatch call in JSON."""
    with request_scope(ACCOUNT, region):
        getattr(cloudwatch, call_)({}, fields, is_cbor=False, is_json=True)


def test_a_hosted_zone_with_a_failover_record_is_read() -> None:
    check = given_check("<Type>HTTP</Type><IPAddress>127.0.0.1</IPAddress>")
    zone = call("hostedzone", "<R><Name>lyo-booking.com</Name><CallerReference>z</CallerReference></R>")
    identifier = str(zone.findtext(".//{*}Id")).rsplit("/", 1)[-1]
    record = (
        f"<Name>{API}</Name><Type>A</Type><SetIdentifier>one</SetIdentifier><Failover>PRIMARY</Failover>"
        f"<TTL>60</TTL><ResourceRecords><ResourceRecord><Value>{PRIMARY}</Value></ResourceRecord></ResourceRecords>"
        f"<HealthCheckId>{check}</HealthCheckId>"
    )
    alias = (
        "<Name>www.lyo-booking.com</Name><Type>A</Type><AliasTarget><HostedZoneId>Z1</HostedZoneId>"
        "<DNSName>Some.elb.amazonaws.com</DNSName><EvaluateTargetHealth>true</EvaluateTargetHealth></AliasTarget>"
    )
    changes = "".join(
        f"<Change><Action>UPSERT</Action><ResourceRecordSet>{each}</ResourceRecordSet></Change>"
        for each in (record, alias)
    )
    call(f"hostedzone/{identifier}/rrset", f"<R><ChangeBatch><Changes>{changes}</Changes></ChangeBatch></R>")
    (found,) = MinistackSource().zones()
    assert found.name == "lyo-booking.com"
    assert RecordSet(API, "A", (PRIMARY,), 60, None, False, "failover", "PRIMARY", check) in found.records
    assert RecordSet("www.lyo-booking.com", "A", (), 0, "some.elb.amazonaws.com", True) in found.records


def test_private_zones_are_not_public() -> None:
    call(
        "hostedzone",
        "<R><Name>lyo-booking.com</Name><CallerReference>z</CallerReference>"
        "<VPC><VPCRegion>eu-west-1</VPCRegion><VPCId>vpc-1</VPCId></VPC></R>",
    )
    assert MinistackSource().zones() == []


def test_endpoint_checks_are_read_with_route_53s_defaults() -> None:
    given_check("<Type>HTTPS</Type><FullyQualifiedDomainName>eu.lyo-booking.com</FullyQualifiedDomainName>")
    (found,) = MinistackSource().health_checks()
    assert found.watches == Endpoint("https", None, "eu.lyo-booking.com", 443, "/", 30.0, 3)
    assert (found.account, found.inverted, found.disabled) == (ACCOUNT, False, False)


def test_alarm_checks_are_read_with_their_flags() -> None:
    identifier = given_check(
        "<Type>CLOUDWATCH_METRIC</Type><Inverted>true</Inverted><AlarmIdentifier><Region>us-west-2</Region>"
        "<Name>lyo-dr-primary-off</Name></AlarmIdentifier>"
        "<InsufficientDataHealthStatus>LastKnownStatus</InsufficientDataHealthStatus>"
    )
    assert MinistackSource().health_checks() == [HealthCheck(ACCOUNT, identifier, LATCH, inverted=True)]


@pytest.mark.parametrize("value", [True, "true", "True"])
def test_flags_may_be_kept_as_words(value: object) -> None:
    assert health_check(ACCOUNT, "c", {"Type": "CALCULATED", "Disabled": value}) == HealthCheck(
        ACCOUNT, "c", Unsupported("CALCULATED"), disabled=True
    )


def test_an_alarm_is_read_with_the_points_of_its_own_dimensions_and_region() -> None:
    dimensions = [{"Name": "Record", "Value": "primary"}]
    put(
        "us-west-2",
        "_put_metric_alarm",
        AlarmName=LATCH.name,
        Namespace="LyoDr",
        MetricName="LatchOff",
        Dimensions=dimensions,
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    for region, record, value in (
        ("us-west-2", "primary", 1),
        ("us-west-2", "secondary", 5),
        ("eu-west-1", "primary", 7),
    ):
        data = {"MetricName": "LatchOff", "Value": value, "Dimensions": [{"Name": "Record", "Value": record}]}
        put(region, "_put_metric_data", Namespace="LyoDr", MetricData=[data])
    found = MinistackSource().alarm(ACCOUNT, LATCH)
    assert found is not None
    assert found[0] == Alarm("GreaterThanOrEqualToThreshold", 1.0, 60.0, 1, "Maximum")
    assert [(point.count, point.maximum) for point in found[1]] == [(1.0, 1.0)]
    assert MinistackSource().alarm(ACCOUNT, AlarmReference("eu-west-1", LATCH.name)) is None


def test_a_status_is_published_in_us_east_1_under_the_check_id() -> None:
    check = HealthCheck(ACCOUNT, "c-1", LATCH)
    MinistackSource().publish_status(check, healthy=False)
    with request_scope(ACCOUNT, "us-east-1"):
        (stored,) = cloudwatch._metrics[("AWS/Route53", "HealthCheckStatus", "HealthCheckId=c-1")]
    assert stored["Value"] == 0.0
    assert abs(stored["Timestamp"] - time.time()) < 60


def test_an_emulator_that_keeps_its_state_elsewhere_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(route53, "_health_checks")
    with pytest.raises(EmulatorChangedError, match="_health_checks"):
        MinistackSource()
    monkeypatch.undo()
