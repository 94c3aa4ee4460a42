"""A few connections to the database, each bounded in every wait and thrown away at the first doubt."""

import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import psycopg

WAIT_SECONDS = 1.0
_RETRY_SECONDS = 0.2
_CONNECT_SECONDS = 2  # libpq and psycopg wait at least two seconds; no request waits for it, see _connect
T = TypeVar("T")


class DatabaseDown(Exception):
    """The database did not answer within WAIT_SECONDS. What was under way may or may not have happened."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that waits at most WAIT_SECONDS for any answer.

    A server's statement_timeout ends nothing on a server that stands still: its kernel goes on accepting data.
    """

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for an answer; raises psycopg's timeout error."""
        return super().wait(gen, interval=interval, timeout=timeout or WAIT_SECONDS)


class Pool:
    """At most ``size`` connections, made in the background, so that no request waits for a dead server's timeout."""

    def __init__(self, url: str, size: int = 4) -> None:
        self._url = url
        self._idle: queue.LifoQueue[BoundedConnection] = queue.LifoQueue()
        self._missing = threading.Semaphore(size)
        threading.Thread(target=self._connect_for_ever, name="pool", daemon=True).start()

    @contextmanager
    def connection(self) -> Iterator[BoundedConnection]:
        """Borrow a connection for at most a few statements. Raises DatabaseDown, or psycopg.Error of a statement."""
        try:
            connection = self._idle.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            raise DatabaseDown("no connection to the database") from None
        try:
            yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            self._discard(connection)
            # The others were made at the same time to the same server: they are not trusted either.
            self._discard_idle()
            raise DatabaseDown(type(error).__name__) from None
        except BaseException:
            self._give_back(connection)
            raise
        else:
            self._give_back(connection)

    def _give_back(self, connection: BoundedConnection) -> None:
        if connection.closed or connection.pgconn.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            self._discard(connection)
        else:
            self._idle.put(connection)

    def _discard(self, connection: BoundedConnection) -> None:
        with suppress(psycopg.Error):
            connection.close()
        self._missing.release()

    def _discard_idle(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._discard(self._idle.get_nowait())

    def _connect_for_ever(self) -> None:
        while True:
            self._missing.acquire()
            self._idle.put(self._connect())

    def _connect(self) -> BoundedConnection:
        while True:
            try:
                return BoundedConnection.connect(
                    self._url,
                    autocommit=True,
                    connect_timeout=_CONNECT_SECONDS,
                    options=f"-c statement_timeout={int(WAIT_SECONDS * 1000)}",
                    application_name="booking-app",
                )
            except psycopg.Error:
                time.sleep(_RETRY_SECONDS)
