"""HTTP connections that are kept alive and reused, the most recently used first."""

import http.client
import threading
import time
from dataclasses import dataclass

IDLE_SECONDS = 2.0
"""A connection idle for longer is not trusted: a server may be closing it at this very moment."""


class DeadlineExceededError(TimeoutError):
    """The whole exchange took longer than the client waits."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, read to its end."""

    status: int
    body: bytes


class Connections:
    """A pool of connections to one port at changing addresses. Safe to use from any thread."""

    def __init__(self, port: int, host_header: str) -> None:
        self._port = port
        self._host = host_header if port == http.client.HTTP_PORT else f"{host_header}:{port}"
        self._lock = threading.Lock()
        self._idle: list[tuple[str, float, http.client.HTTPConnection]] = []

    def post(self, address: str, path: str, body: bytes, deadline: float) -> Reply:
        """POST JSON; ``deadline`` is a time.monotonic() value that bounds each step of the exchange.

        Raises OSError (DeadlineExceededError among them) or http.client.HTTPException.
        """
        connection = self._take(address)
        try:
            reply, reusable = self._exchange(connection, path, body, deadline)
        except BaseException:
            connection.close()
            raise
        if reusable:
            self._give_back(address, connection)
        else:
            connection.close()
        return reply

    def close(self) -> None:
        """Close all idle connections."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, _, connection in idle:
            connection.close()

    def _exchange(
        self, connection: http.client.HTTPConnection, path: str, body: bytes, deadline: float
    ) -> tuple[Reply, bool]:
        connection.timeout = _left(deadline)
        if connection.sock is None:
            connection.connect()
        connection.sock.settimeout(_left(deadline))
        connection.request("POST", path, body, {"Content-Type": "application/json", "Host": self._host})
        connection.sock.settimeout(_left(deadline))
        response = connection.getresponse()
        if connection.sock is not None:
            connection.sock.settimeout(_left(deadline))
        reply = Reply(response.status, response.read())
        return reply, not response.will_close

    def _take(self, address: str) -> http.client.HTTPConnection:
        """Return the connection to the address that was used last, or a new one; close what is too old."""
        oldest = time.monotonic() - IDLE_SECONDS
        with self._lock:
            stale = [entry for entry in self._idle if entry[0] != address or entry[1] < oldest]
            self._idle = [entry for entry in self._idle if entry[0] == address and entry[1] >= oldest]
            taken = self._idle.pop()[2] if self._idle else None
        for _, _, connection in stale:
            connection.close()
        return taken or http.client.HTTPConnection(address, self._port)

    def _give_back(self, address: str, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            self._idle.append((address, time.monotonic(), connection))


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise DeadlineExceededError("the deadline has passed")
    return left
