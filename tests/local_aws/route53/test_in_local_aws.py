"""The data plane inside the local AWS: set up and told by API calls alone, seen through DNS and an alarm."""

import json
from collections.abc import Iterator
from typing import Any

import dns.message
import dns.query
import pytest

from local_aws.local import LocalAws
from local_aws.ports import free_port
from tests.local_aws.route53.fake_control_plane import API, PRIMARY, SECONDARY
from tests.local_aws.route53.waiting import wait_until

BALANCERS = {"primary.elb.amazonaws.com": PRIMARY, "secondary.elb.amazonaws.com": SECONDARY}
CLOCK = 30


class LocalDns:
    """The local AWS with a failover record whose primary hangs on a latch in us-west-2."""

    def __init__(self, aws: LocalAws, dns_port: int) -> None:
        self._aws = aws
        self._dns_port = dns_port

    def given_alarm(self, region: str, name: str, **fields: Any) -> None:
        """An alarm of one period of a minute."""
        self._aws.client("cloudwatch", region).put_metric_alarm(
            AlarmName=name, Period=60, EvaluationPeriods=1, Threshold=1, **fields
        )

    def given_latched_name(self) -> str:
        """The public name: an alias pair, the primary behind a health check; returns the check's id."""
        route53 = self._aws.client("route53", "us-east-1")
        latch = {
            "Type": "CLOUDWATCH_METRIC",
            "AlarmIdentifier": {"Region": "us-west-2", "Name": "primary-off"},
            "InsufficientDataHealthStatus": "LastKnownStatus",
        }
        check = route53.create_health_check(CallerReference="latch", HealthCheckConfig=latch)["HealthCheck"]["Id"]
        zone = route53.create_hosted_zone(Name="lyo-booking.com", CallerReference="zone")["HostedZone"]["Id"]
        changes = [record("PRIMARY", HealthCheckId=check), record("SECONDARY")]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
        return str(check)

    def latch(self, value: int) -> None:
        """Write the latch's metric."""
        data = {"MetricName": "LatchOff", "Value": value}
        self._aws.client("cloudwatch", "us-west-2").put_metric_data(Namespace="LyoDr", MetricData=[data])

    def state(self, alarm: str) -> str:
        """Return the state of an alarm in us-east-1."""
        found = self._aws.client("cloudwatch", "us-east-1").describe_alarms(AlarmNames=[alarm])
        return str(found["MetricAlarms"][0]["StateValue"])

    def address(self) -> str:
        """Return what the public name resolves to."""
        query = dns.message.make_query(API, "A")
        return str(dns.query.udp(query, "127.0.0.1", port=self._dns_port, timeout=2).answer[0][0])


def record(role: str, **fields: str) -> dict[str, Any]:
    target = {
        "HostedZoneId": "Z32O12XQLNTSW2",
        "DNSName": f"{role.lower()}.elb.amazonaws.com",
        "EvaluateTargetHealth": False,
    }
    record_set = {"Name": API, "Type": "A", "SetIdentifier": role, "Failover": role, "AliasTarget": target, **fields}
    return {"Action": "UPSERT", "ResourceRecordSet": record_set}


@pytest.fixture
def local_dns() -> Iterator[LocalDns]:
    port = free_port()
    hosts = {"LOCAL_AWS_DNS_HOSTS": json.dumps(BALANCERS)}
    with LocalAws(clock=CLOCK, dns_port=port, environment=hosts) as aws:
        yield LocalDns(aws, port)


def test_a_latch_written_in_one_region_moves_the_name_and_raises_the_alarm_in_us_east_1(local_dns: LocalDns) -> None:
    local_dns.given_alarm(
        "us-west-2",
        "primary-off",
        Namespace="LyoDr",
        MetricName="LatchOff",
        Statistic="Maximum",
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    check = local_dns.given_latched_name()
    local_dns.given_alarm(
        "us-east-1",
        "primary-unhealthy",
        Namespace="AWS/Route53",
        MetricName="HealthCheckStatus",
        Dimensions=[{"Name": "HealthCheckId", "Value": check}],
        Statistic="Minimum",
        ComparisonOperator="LessThanThreshold",
    )
    local_dns.latch(0)
    assert local_dns.address() == PRIMARY
    wait_until(lambda: local_dns.state("primary-unhealthy") == "OK")
    local_dns.latch(1)
    wait_until(lambda: local_dns.address() == SECONDARY)
    wait_until(lambda: local_dns.state("primary-unhealthy") == "ALARM")
