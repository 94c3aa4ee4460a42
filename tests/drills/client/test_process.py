"""The client as a process: steady rate through a failover, and a clean end."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drills.client.attempt_log import acknowledged, compare, outage_after, read
from drills.client.process import ROOT, BookingClient, BookingClientError
from tests.drills.client.booking_service import NAME, BookingService, ResourceNames
from tests.local_aws.route53.waiting import wait_until

PRIMARY, SECONDARY = "127.0.81.1", "127.0.82.1"


@contextlib.contextmanager
def front_doors() -> Iterator[tuple[BookingService, BookingService]]:
    """Two services in two "regions": two addresses, one port."""
    primary = BookingService(PRIMARY, region="eu-west-1")
    secondary = BookingService(SECONDARY, primary.port, region="us-west-2")
    try:
        yield primary, secondary
    finally:
        for service in (primary, secondary):
            service.stop()


@pytest.fixture
def names() -> Iterator[ResourceNames]:
    server = ResourceNames(PRIMARY)
    yield server
    server.stop()


def lines(out: Path) -> int:
    return out.read_text().count("\n") if out.exists() else 0


def test_a_client_books_on_through_a_failover_and_its_record_says_what_it_cost(
    names: ResourceNames, tmp_path: Path
) -> None:
    out = tmp_path / "bookings.jsonl"
    with front_doors() as (primary, secondary):
        with BookingClient(resolver=names.server, name=NAME, port=primary.port, out=out, rate=40) as client:
            wait_until(lambda: len(primary.booked) >= 10)
            fault_at = time.time()
            primary.stop()
            wait_until(lambda: '"ok":false' in out.read_text())
            names.address = SECONDARY
            wait_until(lambda: len(secondary.booked) >= 10)
            assert client.running
        attempts = read(out)
        outage = outage_after(attempts, fault_at)
        assert outage is not None
        assert outage.seconds is not None
        assert 0 < outage.seconds < 5
        assert {attempt.region for attempt in attempts if attempt.ok} == {"eu-west-1", "us-west-2"}
        promised = acknowledged(attempts)
        rows = [(each, datetime.now(UTC)) for each in secondary.booked]
        found = compare(promised, rows)
        assert set(found.lost) == set(promised) & set(primary.booked) - set(secondary.booked)
        assert found.lost
        assert found.loss_window(fault_at) > 0


def test_a_hanging_service_does_not_stop_the_rate(names: ResourceNames, tmp_path: Path) -> None:
    out = tmp_path / "bookings.jsonl"
    with front_doors() as (primary, _):
        primary.hang = threading.Event()
        with BookingClient(resolver=names.server, name=NAME, port=primary.port, out=out, rate=20):
            # one at a time would be three bookings in ten seconds
            wait_until(lambda: len(set(primary.requests)) >= 20)
            assert not any(attempt.ok for attempt in read(out))
            primary.hang.set()
            wait_until(lambda: any(attempt.ok for attempt in read(out)))


def test_the_end_is_clean_prints_nothing_and_leaves_whole_lines(names: ResourceNames, tmp_path: Path) -> None:
    out = tmp_path / "bookings.jsonl"
    with front_doors() as (primary, _):
        client = BookingClient(resolver=names.server, name=NAME, port=primary.port, out=out).start()
        wait_until(lambda: lines(out) >= 3)
        client.stop()
        assert not client.running
        assert out.read_text().endswith("\n")
        assert len({attempt.id for attempt in read(out)}) == len(primary.booked)
        assert out.with_suffix(".stderr").read_text() == ""
        client.stop()  # twice is fine


def test_the_stop_file_ends_the_client(names: ResourceNames, tmp_path: Path) -> None:
    out, stop_file = tmp_path / "bookings.jsonl", tmp_path / "stop"
    with front_doors() as (primary, _):
        client = BookingClient(
            resolver=names.server, name=NAME, port=primary.port, out=out, stop_file=stop_file
        ).start()
        wait_until(lambda: lines(out) >= 1)
        stop_file.touch()
        wait_until(lambda: not client.running)
        client.stop()


def test_a_client_that_cannot_start_says_why(tmp_path: Path) -> None:
    client = BookingClient(resolver="127.0.0.1:x", name=NAME, port=80, out=tmp_path / "out.jsonl").start()
    wait_until(lambda: not client.running)
    with pytest.raises(BookingClientError, match="ValueError"):
        client.stop()


def test_the_client_does_not_survive_whoever_started_it(names: ResourceNames, tmp_path: Path) -> None:
    out = tmp_path / "bookings.jsonl"
    with front_doors() as (primary, _):
        script = (
            "import pathlib, time; from drills.client.process import BookingClient\n"
            f"BookingClient(resolver={names.server!r}, name={NAME!r}, port={primary.port},"
            f" out=pathlib.Path({str(out)!r})).start(); time.sleep(60)"
        )
        starter = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env={"PYTHONPATH": str(ROOT)})
        try:
            wait_until(lambda: len(primary.booked) >= 3)
        finally:
            os.kill(starter.pid, signal.SIGKILL)
            starter.wait()
        wait_until(lambda: quiet(primary))


def quiet(service: BookingService, seconds: float = 0.5) -> bool:
    before = len(service.requests)
    time.sleep(seconds)
    return len(service.requests) == before
