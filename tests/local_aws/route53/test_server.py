"""The data plane over real sockets: UDP and TCP, failover while it runs, strange packets."""

import socket
import time
from collections.abc import Iterator

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest

from local_aws.route53.answers import Answer
from local_aws.route53.dns_service import DnsService, start
from local_aws.route53.model import Alarm, AlarmReference, HealthCheck, Point
from local_aws.route53.server import DnsServer, DnsServerError
from tests.local_aws.route53.fake_control_plane import ACCOUNT, API, PRIMARY, SECONDARY, FakeControlPlane, failover_pair
from tests.local_aws.route53.waiting import wait_until

LATCH = AlarmReference("us-west-2", "lyo-dr-primary-off")


@pytest.fixture
def source() -> FakeControlPlane:
    fake = FakeControlPlane()
    fake.records = failover_pair()
    fake.checks = [HealthCheck(ACCOUNT, "p", LATCH)]
    return fake


@pytest.fixture
def dns_service(source: FakeControlPlane) -> Iterator[DnsService]:
    running = start(120, 0, hosts={}, is_dead=lambda _: False, source=source)
    yield running
    running.stop()


def ask(port: int, name: str = API, kind: str = "A") -> dns.message.Message:
    return dns.query.udp(dns.message.make_query(name, kind), "127.0.0.1", port=port, timeout=2)


def address(port: int) -> str:
    return str(ask(port).answer[0][0])


def test_udp_and_tcp_answer_alike_with_the_ttl_of_the_record(dns_service: DnsService) -> None:
    query = dns.message.make_query(API, "A")
    for reply in (
        dns.query.udp(query, "127.0.0.1", port=dns_service.port, timeout=2),
        dns.query.tcp(query, "127.0.0.1", port=dns_service.port, timeout=2),
    ):
        assert [(rrset.ttl, str(rrset[0])) for rrset in reply.answer] == [(60, PRIMARY)]


def test_an_unknown_name_does_not_exist(dns_service: DnsService) -> None:
    assert ask(dns_service.port, "nowhere.example").rcode() == dns.rcode.NXDOMAIN


def test_a_latch_moves_the_answer_and_its_status_and_metric_say_so(
    dns_service: DnsService, source: FakeControlPlane
) -> None:
    assert address(dns_service.port) == PRIMARY
    latch = Alarm("GreaterThanOrEqualToThreshold", 1.0, statistic="Maximum")
    source.alarms[LATCH] = (latch, [Point.single(time.time(), 1.0)])
    wait_until(lambda: address(dns_service.port) == SECONDARY)
    assert not dns_service.statuses()["p"].healthy
    wait_until(lambda: ("p", False) in source.published)
    source.alarms.clear()
    assert address(dns_service.port) == SECONDARY


def test_noise_is_ignored_and_other_operations_are_refused(dns_service: DnsService) -> None:
    update = dns.message.make_query(API, "A")
    update.set_opcode(dns.opcode.NOTIFY)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"no dns at all", ("127.0.0.1", dns_service.port))
    assert dns.query.udp(update, "127.0.0.1", port=dns_service.port, timeout=2).rcode() == dns.rcode.NOTIMP
    assert address(dns_service.port) == PRIMARY


def test_an_answer_that_cannot_be_given_is_a_server_failure_and_the_server_lives_on() -> None:
    def broken(name: str, kind: str) -> Answer:
        raise KeyError(name)

    server = DnsServer(broken).start()
    try:
        for _ in range(2):
            assert ask(server.port).rcode() == dns.rcode.SERVFAIL
    finally:
        server.stop()


def test_after_stop_the_port_is_free_again(source: FakeControlPlane) -> None:
    first = start(60, 0, hosts={}, is_dead=lambda _: False, source=source)
    with pytest.raises(DnsServerError, match=str(first.port)):
        start(60, first.port, hosts={}, is_dead=lambda _: False, source=source)
    first.stop()
    start(60, first.port, hosts={}, is_dead=lambda _: False, source=source).stop()
