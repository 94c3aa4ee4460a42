"""Steady load: bookings start at a fixed rate, however long earlier ones hang."""

import math
import queue
import threading
import time
from collections.abc import Callable

from drills.client.booking import Booking

SPARE_WORKERS = 4
_POLL_SECONDS = 0.05

Book = Callable[[Booking], None]


def workers_for(rate: float, longest: float) -> int:
    """Return how many workers keep ``rate`` bookings a second going when each of them hangs ``longest`` seconds."""
    return math.ceil(rate * longest) + SPARE_WORKERS


class Load:
    """Starts ``rate`` bookings a second until ``stopped`` is set or ``asked_to_stop`` says so."""

    def __init__(
        self,
        book: Book,
        rate: float,
        stopped: threading.Event,
        asked_to_stop: Callable[[], bool],
        *,
        longest: float,
        ids: str = "uuid",
    ) -> None:
        """``longest``: seconds a booking can keep a worker busy."""
        self._longest = longest
        self._ids = ids
        self._book = book
        self._rate = rate
        self._stopped = stopped
        self._asked_to_stop = asked_to_stop
        self._due: queue.SimpleQueue[Booking | None] = queue.SimpleQueue()
        self._workers = [
            threading.Thread(target=self._work, name=f"booker-{index}", daemon=True)
            for index in range(workers_for(rate, longest))
        ]

    def run(self) -> None:
        """Book until stopped; returns when the attempts under way have ended."""
        for worker in self._workers:
            worker.start()
        try:
            self._pace()
        finally:
            self._stopped.set()
            self._finish()

    def _pace(self) -> None:
        started, number = time.monotonic(), 0
        while not self._asked_to_stop():
            due = started + number / self._rate
            if self._stopped.wait(min(max(due - time.monotonic(), 0.0), _POLL_SECONDS)):
                return
            if time.monotonic() >= due:
                self._due.put(Booking.number(number, self._ids))
                number += 1

    def _finish(self) -> None:
        for _ in self._workers:
            self._due.put(None)
        deadline = time.monotonic() + self._longest
        for worker in self._workers:
            worker.join(max(deadline - time.monotonic(), 0.0))

    def _work(self) -> None:
        while (booking := self._due.get()) is not None:
            self._book(booking)
