"""One booking: keep-alive, deadline, retries under the same id, resolving anew after a failure."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from drills.client.attempt import Attempt
from drills.client.booking import Booker, Booking
from drills.client.connections import Connections
from drills.client.resolver import ResolutionError, Resolver
from tests.drills.client.booking_service import NAME, BookingService, ResourceNames


@dataclass
class Setup:
    """A service, its name and a booker, with everything the booker recorded."""

    service: BookingService = field(default_factory=BookingService)
    names: ResourceNames = field(default_factory=ResourceNames)
    attempts: list[Attempt] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.connections = Connections(self.service.port, NAME)
        resolver = Resolver(self.names.server, NAME)
        self.booker = Booker(resolver, self.connections, self.attempts.append, self.stopped)

    def book(self) -> list[Attempt]:
        """Book once and return its attempts."""
        before = len(self.attempts)
        self.booker.book(Booking.number(len(self.attempts)))
        return self.attempts[before:]


@pytest.fixture
def setup() -> Iterator[Setup]:
    made = Setup()
    yield made
    made.connections.close()
    made.service.stop()
    made.names.stop()


def test_a_booking_is_acknowledged_with_address_and_region(setup: Setup) -> None:
    (attempt,) = setup.book()
    assert (attempt.status, attempt.ok, attempt.attempt) == (201, True, 1)
    assert (attempt.address, attempt.region, attempt.error) == ("127.0.0.1", "eu-west-1", "")
    assert list(setup.service.booked) == [attempt.id]
    assert 0 < attempt.seconds < 1


def test_connections_are_kept_alive_and_names_cached(setup: Setup) -> None:
    for _ in range(5):
        setup.book()
    assert setup.service.connections == 1
    assert len(setup.names.asked) == 1


def test_a_failure_is_tried_again_under_the_same_id_after_asking_the_name_again(setup: Setup) -> None:
    setup.service.fail_next = 1
    first, second = setup.book()
    assert (first.status, first.ok, second.status) == (503, False, 201)
    assert first.id == second.id
    assert (first.attempt, second.attempt) == (1, 2)
    assert len(setup.names.asked) == 2


def test_three_tries_are_the_end_of_it(setup: Setup) -> None:
    setup.service.status = 503
    assert [attempt.attempt for attempt in setup.book()] == [1, 2, 3]


def test_a_booking_whose_answer_got_lost_is_acknowledged_as_known_not_booked_twice(setup: Setup) -> None:
    setup.service.forget_answer_next = 1
    first, second = setup.book()
    assert (first.status, first.error, second.status, second.ok) == (0, "RemoteDisconnected", 200, True)
    assert list(setup.service.booked) == [first.id]


def test_a_hanging_service_costs_one_second(setup: Setup) -> None:
    setup.service.hang = threading.Event()
    setup.stopped.set()
    (attempt,) = setup.book()
    assert (attempt.status, attempt.error) == (0, "TimeoutError")
    assert 0.9 < attempt.seconds < 2


def test_a_name_without_an_address_is_a_failed_attempt(setup: Setup) -> None:
    setup.names.address = None
    setup.stopped.set()
    (attempt,) = setup.book()
    assert (attempt.ok, attempt.address, attempt.error) == (False, "", "ResolutionError")


def test_a_refused_connection_is_a_failed_attempt_and_a_stopped_client_tries_no_more(setup: Setup) -> None:
    setup.service.stop()
    setup.stopped.set()
    (attempt,) = setup.book()
    assert (attempt.status, attempt.error) == (0, "ConnectionRefusedError")
    setup.service = BookingService()


def test_the_resolver_keeps_an_address_for_its_ttl_and_no_longer() -> None:
    names = ResourceNames("127.0.81.1", ttl=30)
    now = [0.0]
    resolver = Resolver(names.server, NAME, now=lambda: now[0])
    try:
        assert resolver.address(1) == "127.0.81.1"
        names.address = "127.0.82.1"
        now[0] = 29.9
        assert resolver.address(1) == "127.0.81.1"
        now[0] = 30.0
        assert resolver.address(1) == "127.0.82.1"
        resolver.forget("127.0.81.1")  # an old failure is no reason to doubt the new address
        assert resolver.address(1) == "127.0.82.1"
        assert len(names.asked) == 2
        resolver.forget("127.0.82.1")
        assert resolver.address(1) == "127.0.82.1"
        assert len(names.asked) == 3
    finally:
        names.stop()


def test_a_silent_dns_server_is_given_up_in_time() -> None:
    names = ResourceNames()
    names.stop()
    started = time.monotonic()
    with pytest.raises(ResolutionError, match=NAME):
        Resolver(names.server, NAME).address(0.3)
    assert time.monotonic() - started < 2
