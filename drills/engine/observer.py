"""Looking from outside, many times a second: when does the database write, the standby serve, the name move?"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import dns.exception
import dns.resolver
import psycopg

from drills.results.record import Seen
from lyo_dr.adapters.dns import resolve
from lyo_dr.adapters.http import probe
from lyo_dr.errors import ServiceUnreachable

_EVERY = 0.1


class Observer:
    """Three threads, one question each; the first yes is kept with its time (epoch seconds)."""

    def __init__(self, *, dsn: str, ready_url: str, names: list[str], resolver: str, address: str) -> None:
        self._questions: dict[str, Callable[[], bool]] = {
            "database_writable": lambda: _writable(dsn),
            "service_ready": lambda: probe(ready_url, 1.0).ready,
            "name_moved": lambda: all(_leads_to(name, resolver, address) for name in names),
        }
        self._yes: dict[str, float] = {}
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(what,), name=f"observe-{what}", daemon=True)
            for what in self._questions
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def seen(self) -> Seen:
        """What was seen so far."""
        return Seen(
            database_writable=self._yes.get("database_writable"),
            service_ready=self._yes.get("service_ready"),
            name_moved=self._yes.get("name_moved"),
        )

    def _ask(self, what: str) -> None:
        while not self._stopped.is_set():
            if self._questions[what]():
                self._yes[what] = time.time()
                return
            self._stopped.wait(_EVERY)


def _writable(dsn: str) -> bool:
    with contextlib.suppress(psycopg.Error), psycopg.connect(dsn, connect_timeout=2) as connection:
        row = connection.execute("select pg_is_in_recovery()").fetchone()
        return row is not None and row[0] is False
    return False


def _leads_to(name: str, resolver: str, address: str) -> bool:
    with contextlib.suppress(ServiceUnreachable, dns.exception.DNSException):
        return resolve(name, [resolver], 1.0) == [address]
    return False
