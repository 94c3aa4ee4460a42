"""Books one appointment: the same id until acknowledged, out of tries, or stopped."""

import http.client
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass

from drills.client.attempt import ACKNOWLEDGED, Attempt
from drills.client.connections import Connections
from drills.client.resolver import Resolver

TRIES = 3
DEADLINE_SECONDS = 1.0
"""One attempt, from looking up the name to the last byte of the answer, unless the drill says otherwise."""

PAUSE_SECONDS = 0.25
"""Between two attempts at the same booking."""

PATH = "/bookings"
FIRST_NUMBER = 1_000_000_000
"""Ids that are numbers begin here: far from those of a seed, and within four bytes."""
Record = Callable[[Attempt], None]


def longest_booking(deadline: float) -> float:
    """Seconds a booking can keep a worker busy, when an attempt may take ``deadline`` seconds."""
    return TRIES * deadline + (TRIES - 1) * PAUSE_SECONDS


@dataclass(frozen=True, slots=True)
class Booking:
    """What is asked for."""

    id: str
    customer: str
    slot: str

    @classmethod
    def number(cls, number: int, ids: str = "uuid") -> "Booking":
        """Return a new booking with an id of its own; ``ids`` are ``uuid`` or ``number``."""
        slot = f"2030-{number // 1000 % 12 + 1:02d}-{number // 40 % 28 + 1:02d}T{number % 10 + 8:02d}:00:00Z"
        identifier = str(FIRST_NUMBER + number) if ids == "number" else str(uuid.uuid4())
        return cls(identifier, f"customer-{number % 500}", slot)


@dataclass(frozen=True)
class Booker:
    """Books through the name; every attempt is handed to ``record``. Safe to use from any thread."""

    resolver: Resolver
    connections: Connections
    record: Record
    stopped: threading.Event
    path: str = PATH
    deadline: float = DEADLINE_SECONDS
    """Seconds for one attempt."""

    def book(self, booking: Booking) -> None:
        """Try until acknowledged; a stopped client finishes the attempt under way and tries no more."""
        for number in range(1, TRIES + 1):
            attempt = self._attempt(booking, number)
            self.record(attempt)
            if attempt.ok or number == TRIES or self.stopped.wait(PAUSE_SECONDS):
                return

    def _attempt(self, booking: Booking, number: int) -> Attempt:
        started, deadline = time.time(), time.monotonic() + self.deadline
        address, status, region, error = "", 0, "", ""
        try:
            address = self.resolver.address(self.deadline)
            reply = self.connections.post(address, self.path, json.dumps(asdict(booking)).encode(), deadline)
            status, region = reply.status, _region(reply.body)
        except (OSError, http.client.HTTPException) as caught:
            error = type(caught).__name__
        ok = status in ACKNOWLEDGED
        if not ok:
            self.resolver.forget(address)
        return Attempt(started, time.time(), booking.id, number, status, ok, address, region, error)


def _region(body: bytes) -> str:
    """Return the region an answer names; an error page of another server names none."""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    return str(answer.get("region") or "") if isinstance(answer, dict) else ""
