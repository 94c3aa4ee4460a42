"""Redis and Valkey over a socket: test a token, and close the connections of all other clients. No client library.

The protocol is RESP: a command is an array of bulk strings, an answer's first byte says what it is (redis.io,
"Redis serialization protocol specification").
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from lyo_dr.errors import AwsCallFailed, ServiceUnreachable
from lyo_dr.model.cache import CacheUrl
from lyo_dr.model.rotation import LoginTry

_LONGEST_LINE = 4096
_REFUSED = ("WRONGPASS", "ERR invalid password", "ERR AUTH <password> called without", "NOAUTH")
"""How a server says that a token is wrong: since Redis 6, and before (redis.io, commands/auth)."""
_KINDS = ("normal", "pubsub")


def try_token(address: CacheUrl, seconds: float) -> LoginTry:
    """AUTH, then PING. Never raises; ``refused`` only if the server rejected the token itself."""
    try:
        with _connected(address, seconds) as wire:
            said = wire.ask("AUTH", address.token)
            if said.startswith("-"):
                return LoginTry(accepted=False, refused=said[1:].startswith(_REFUSED), reason=said[1:].split(" ")[0])
            pong = wire.ask("PING")
    except (OSError, ValueError, OverflowError) as silence:
        return LoginTry(accepted=False, reason=f"no answer ({type(silence).__name__})")
    return LoginTry(accepted=pong == "+PONG", reason="" if pong == "+PONG" else pong[1:].split(" ")[0])


def end_sessions(address: CacheUrl, seconds: float) -> int:
    """Close every client connection but this one; returns their number. Raises ServiceUnreachable, AwsCallFailed.

    A connection that has said AUTH once stays, whatever becomes of its token, and the server does not tell which token
    it used; so all are ended, and clients connect again. Replication is left alone (redis.io, commands/client-kill).
    """
    try:
        with _connected(address, seconds) as wire:
            _require(wire.ask("AUTH", address.token), "+OK")
            counts = [_require(wire.ask("CLIENT", "KILL", "TYPE", kind), ":") for kind in _KINDS]
    except (OSError, ValueError, OverflowError) as silence:
        raise ServiceUnreachable(f"ending sessions at the cache: {type(silence).__name__}") from None
    return sum(int(count[1:]) for count in counts)


class _Wire:
    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._file = connection, connection.makefile("rb")

    def ask(self, *words: str) -> str:
        """One command, and the line it is answered with."""
        parts = [word.encode() for word in words]
        content = b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        self._connection.sendall(b"*%d\r\n%s" % (len(parts), content))
        line = self._file.readline(_LONGEST_LINE)
        if not line.endswith(b"\r\n"):
            raise ConnectionResetError("the server closed the connection")
        return line.decode("utf-8", "replace").strip()


@contextmanager
def _connected(address: CacheUrl, seconds: float) -> Iterator[_Wire]:
    """With rediss:// the server's certificate is verified: ElastiCache's are signed by Amazon's public authority
    (user guide, "ElastiCache in-transit encryption (TLS)")."""
    with socket.create_connection((address.host, address.port), timeout=seconds) as plain:
        if not address.tls:
            yield _Wire(plain)
            return
        with ssl.create_default_context().wrap_socket(plain, server_hostname=address.host) as encrypted:
            yield _Wire(encrypted)


def _require(said: str, beginning: str) -> str:
    if not said.startswith(beginning):
        raise AwsCallFailed(f"ending sessions: the cache answered {said[1:].split(' ')[0]}")
    return said
