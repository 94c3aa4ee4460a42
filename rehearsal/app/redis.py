"""Whether Redis answers: one PING, no client library."""

import socket
from typing import Literal
from urllib.parse import urlsplit

RedisState = Literal["up", "down", "not_configured"]
_TIMEOUT_SECONDS = 0.5
_DEFAULT_PORT = 6379


def state(url: str | None) -> RedisState:
    """Ask Redis for a sign of life. A refusal for want of a password is one, too. Lasts a second at most."""
    if url is None:
        return "not_configured"
    address = urlsplit(url)
    try:
        target = (address.hostname or "", address.port or _DEFAULT_PORT)
        with socket.create_connection(target, timeout=_TIMEOUT_SECONDS) as connection:
            connection.sendall(b"PING\r\n")
            return "up" if connection.recv(64).startswith((b"+PONG", b"-NOAUTH")) else "down"
    except OSError:
        return "down"
