"""Where a rehearsal listens: two never meet, and a sentence says so when there is no room left."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator

import pytest

from drills.world import addresses
from drills.world.addresses import Addresses, NoPlaceError, Reservation

SLOTS = [Addresses(slot) for slot in range(addresses._SLOTS)]


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another port for the fronts and the markers, so that a drill that runs meanwhile is not in the way."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        monkeypatch.setattr(addresses, "FRONT_PORT", probe.getsockname()[1])
    monkeypatch.setattr(
        Addresses, "wanted", lambda self: [(self.front(index), addresses.FRONT_PORT) for index in (0, 1)]
    )


@pytest.fixture
def hold() -> Iterator[list[socket.socket]]:
    """Sockets to be closed at the end."""
    held: list[socket.socket] = []
    yield held
    for each in held:
        each.close()


def take(address: str, port: int) -> socket.socket:
    listener = socket.socket()
    listener.bind((address, port))
    listener.listen()
    return listener


def test_two_slots_never_share_an_address() -> None:
    wanted = list(itertools.chain.from_iterable(place.wanted() for place in SLOTS))
    assert len(wanted) == len(set(wanted)) == 5 * len(SLOTS)


def test_everything_is_on_loopback_and_below_the_ports_the_system_gives_away() -> None:
    assert {address.split(".")[0] for place in SLOTS for address, _ in place.wanted()} == {"127"}
    assert max(port for place in SLOTS for _, port in place.wanted()) < 32768


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.usefixtures("free")
def test_a_taken_address_moves_the_rehearsal_to_the_next_slot(index: int, hold: list[socket.socket]) -> None:
    hold.append(take(Addresses(0).front(index), addresses.FRONT_PORT))
    with Reservation() as reservation:
        assert reservation.addresses == Addresses(1)


@pytest.mark.usefixtures("free")
def test_two_reservations_at_once_get_different_slots_and_give_them_back() -> None:
    with Reservation() as first, Reservation() as second:
        assert (first.addresses, second.addresses) == (Addresses(0), Addresses(1))
    with Reservation() as third:
        assert third.addresses == Addresses(0)


@pytest.mark.usefixtures("free")
def test_a_server_that_has_just_ended_takes_no_address(hold: list[socket.socket]) -> None:
    """The side that closes first keeps the connection in TIME_WAIT for a minute; servers bind over it."""
    address = (Addresses(0).front(0), addresses.FRONT_PORT)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen()
    caller = socket.create_connection(address, timeout=2)
    hold.append(caller)
    accepted, _ = listener.accept()
    accepted.close()
    listener.close()
    caller.recv(1)
    caller.close()
    with Reservation() as reservation:
        assert reservation.addresses == Addresses(0)


@pytest.mark.usefixtures("free")
def test_when_every_slot_is_taken_one_sentence_says_what_to_end(hold: list[socket.socket]) -> None:
    hold += [take(place.front(0), addresses.FRONT_PORT) for place in SLOTS]
    with pytest.raises(NoPlaceError) as refused:
        Reservation()
    sentence = str(refused.value)
    assert sentence.startswith(f"no free addresses: each of {len(SLOTS)} sets (such as 127.0.0.1:4600, 127.0.0.1:5400")
    assert sentence.endswith("has one taken; end what listens there")


@pytest.mark.usefixtures("free")
def test_a_refused_reservation_holds_nothing(hold: list[socket.socket]) -> None:
    hold += [take(place.front(1), addresses.FRONT_PORT) for place in SLOTS]
    with pytest.raises(NoPlaceError):
        Reservation()
    hold.pop(0).close()
    with Reservation() as reservation:
        assert reservation.addresses == Addresses(0)
