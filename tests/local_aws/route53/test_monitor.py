"""Health checks over time: latches, dead regions, and checkers that probe a real server."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from local_aws.route53.model import Alarm, AlarmReference, Endpoint, HealthCheck, Point, Status, Unsupported
from local_aws.route53.monitor import Monitor
from local_aws.route53.probe import Timeouts, probe
from tests.local_aws.route53.fake_control_plane import ACCOUNT, FakeControlPlane
from tests.local_aws.route53.waiting import wait_until

LATCH = AlarmReference("us-west-2", "lyo-dr-primary-off")
ALARM = Alarm("GreaterThanOrEqualToThreshold", 1.0, statistic="Maximum")
START = 6000.0


def never(_: object) -> bool:
    raise AssertionError("nothing may be probed")


class Latch:
    """One check on a latch metric, looked at minute by minute."""

    def __init__(self, reference: AlarmReference = LATCH, *, inverted: bool = False) -> None:
        self.source = FakeControlPlane()
        self.source.checks = [HealthCheck(ACCOUNT, "p", reference, inverted)]
        self.points: list[Point] = []
        self.source.alarms[reference] = (ALARM, self.points)
        self.dead: set[str] = set()
        self.monitor = Monitor(self.source, never, is_dead=self.dead.__contains__)
        self.now = START

    def minute(self, value: float | None) -> bool:
        """Let a minute pass in which the value was written (None: nothing), and return the status after it."""
        if value is not None:
            self.points.append(Point.single(self.now + 30, value))
        self.now += 60
        self.monitor.look(self.now)
        return self.monitor.healthy("p")


def test_a_new_check_starts_healthy_and_an_inverted_one_unhealthy() -> None:
    assert Latch().minute(None)
    assert not Latch(inverted=True).minute(None)


def test_a_latch_flips_when_it_is_told_and_stays_when_nobody_says_anything() -> None:
    latch = Latch()
    assert latch.minute(0)
    assert not latch.minute(1)
    assert [latch.minute(None) for _ in range(10)] == [False] * 10
    assert latch.minute(0)
    assert [latch.minute(None) for _ in range(10)] == [True] * 10


def test_a_status_says_since_when() -> None:
    latch = Latch()
    for value in (0, 1, 1):
        latch.minute(value)
    assert latch.monitor.statuses() == {"p": Status(healthy=False, since=START + 120)}


def test_a_dead_region_says_nothing_more_so_the_latch_keeps_its_last_status() -> None:
    latch = Latch()
    latch.minute(0)
    latch.dead.add("us-west-2")
    assert latch.minute(1)
    latch.dead.clear()
    assert not latch.minute(1)


@pytest.mark.parametrize(("silence", "expected"), [("Healthy", True), ("Unhealthy", False)])
def test_silence_can_be_given_a_meaning(silence: str, expected: bool) -> None:
    latch = Latch(AlarmReference("us-west-2", "a", silence))
    latch.minute(0 if silence == "Unhealthy" else 1)
    assert [latch.minute(None) for _ in range(4)][-1] is expected


def test_an_alarm_that_does_not_exist_is_silence() -> None:
    latch = Latch()
    latch.minute(1)
    latch.source.alarms.clear()
    assert not latch.minute(0)


def test_metrics_are_published_for_every_check_unless_us_east_1_is_dead() -> None:
    latch = Latch()
    latch.source.checks.append(HealthCheck(ACCOUNT, "c", Unsupported("CALCULATED")))
    latch.minute(1)
    latch.monitor.publish()
    assert latch.source.published == [("p", False), ("c", True)]
    latch.dead.add("us-east-1")
    latch.monitor.publish()
    assert len(latch.source.published) == 2


def test_a_deleted_check_is_forgotten_so_one_made_anew_starts_healthy() -> None:
    latch = Latch()
    latch.minute(1)
    checks, latch.source.checks = latch.source.checks, []
    latch.minute(None)
    assert latch.monitor.statuses() == {}
    latch.source.checks = checks
    latch.points.clear()
    assert latch.minute(None)


class Endpoints:
    """A real HTTP server whose health can be switched."""

    def __init__(self) -> None:
        self.status = 200
        self.hosts: list[str | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.hosts.append(self.headers["Host"])
                self.send_response(outer.status if self.path == "/health" else 404)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Answer no more."""
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def endpoints() -> Iterator[Endpoints]:
    server = Endpoints()
    yield server
    server.stop()


def ask(endpoint: Endpoint, hosts: dict[str, str] | None = None) -> bool:
    return probe(endpoint, Timeouts(5, 5), (hosts or {}).get)


def test_a_probe_passes_on_2xx_and_3xx_only(endpoints: Endpoints) -> None:
    endpoint = Endpoint("http", "127.0.0.1", None, endpoints.port, "/health")
    for status, expected in ((200, True), (302, True), (404, False), (503, False)):
        endpoints.status = status
        assert ask(endpoint) is expected


def test_a_probe_sends_the_name_and_goes_to_its_address(endpoints: Endpoints) -> None:
    named = Endpoint("http", None, "eu.lyo-booking.com", endpoints.port, "/health")
    assert not ask(named)
    assert ask(named, {"eu.lyo-booking.com": "127.0.0.1"})
    assert endpoints.hosts == [f"eu.lyo-booking.com:{endpoints.port}"]


def test_https_is_probed_without_looking_at_the_certificate(endpoints: Endpoints, tmp_path: Path) -> None:
    endpoint = Endpoint("https", "127.0.0.1", "eu.lyo-booking.com", endpoints.port, "/health")
    assert not ask(endpoint), "plain HTTP is no HTTPS"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path / "server.pem"))
    endpoints.server.socket = context.wrap_socket(endpoints.server.socket, server_side=True)
    assert ask(endpoint)


def self_signed(path: Path) -> Path:
    """Write a key and an expired certificate of another name, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "somebody.else")])
    then = datetime(2020, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(then).not_valid_after(then + timedelta(days=1))
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(pem))
    return path


@pytest.mark.parametrize("address", ["192.0.2.1", "203.0.113.9"])
def test_nothing_outside_loopback_is_probed(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, where: called.append(where))
    assert not ask(Endpoint("http", address, None, 80))
    assert called == []


def test_timeouts_shrink_with_the_clock_but_not_below_half_a_second() -> None:
    assert Timeouts.at(1) == Timeouts(4.0, 2.0)
    assert Timeouts.at(2) == Timeouts(2.0, 1.0)
    assert Timeouts.at(60) == Timeouts(0.5, 0.5)


def test_checkers_find_an_endpoint_dead_and_alive_again(endpoints: Endpoints) -> None:
    source = FakeControlPlane()
    endpoint = Endpoint("http", "127.0.0.1", None, endpoints.port, "/health", interval=10, failure_threshold=2)
    source.checks = [HealthCheck(ACCOUNT, "e", endpoint)]
    monitor = Monitor(source, ask, clock=100, is_dead=lambda _: False)

    def healthy() -> bool:
        monitor.look(time.time())
        return monitor.healthy("e")

    try:
        assert healthy()
        endpoints.status = 503
        wait_until(lambda: not healthy())
        source.checks = [HealthCheck(ACCOUNT, "e", endpoint, disabled=True)]
        assert healthy(), "disabled counts as healthy"
        source.checks = [HealthCheck(ACCOUNT, "e", endpoint)]
        assert not healthy(), "enabled again it remembers"
        endpoints.status = 200
        wait_until(healthy)
    finally:
        monitor.stop()
