"""HTTP probes with a deadline: connect, answer and body together may take no longer than allowed."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import SplitResult, urlsplit

from lyo_dr.adapters.clock import monotonic
from lyo_dr.model.facts import Probe
from lyo_dr.model.issuer import KeyTry

_BODY_LIMIT = 65_536
_LONGEST_CONNECT = 2.0


def probe(url: str, seconds: float, *, address: str | None = None) -> Probe:
    """Probe one URL. Never raises for the other side's behaviour: no response is a result, too.

    With ``address`` the connection goes there while name and certificate stay those of the URL, so that
    a resolved address can be probed as a user would reach it. TLS is verified; redirects are not followed.
    Only the resolver's own time-out bounds the look-up of a name.
    """
    started = monotonic()
    try:
        status, body = _ask(urlsplit(url), address, started + seconds)
    except (http.client.HTTPException, OSError, ValueError) as silence:
        late = monotonic() >= started + seconds
        error = "TimeoutError" if late else type(silence).__name__
        return Probe(url=url, error=error, seconds=round(monotonic() - started, 3))
    return _contract(Probe(url=url, status=status, seconds=round(monotonic() - started, 3)), body)


def try_key(url: str, seconds: float, *, method: str, header: tuple[str, str]) -> KeyTry:
    """Send a key to its issuer, in a header. Never raises for the other side's behaviour; the response is not stored.

    The message of an error is dropped with everything else: it may quote the header.
    """
    deadline = monotonic() + seconds
    try:
        status, _ = _ask(urlsplit(url), None, deadline, method, dict([header]))
    except (http.client.HTTPException, OSError, ValueError) as silence:
        return KeyTry(error="TimeoutError" if monotonic() >= deadline else type(silence).__name__)
    return KeyTry(status=status)


def _ask(
    parts: SplitResult,
    address: str | None,
    deadline: float,
    method: str = "GET",
    more: Mapping[str, str] = MappingProxyType({}),
) -> tuple[int, bytes]:
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    left = max(0.001, deadline - monotonic())
    plain = socket.create_connection((address or host, port), timeout=min(_LONGEST_CONNECT, left))
    with plain, _cut_at(deadline, plain):
        plain.settimeout(max(0.001, deadline - monotonic()))
        connection = http.client.HTTPConnection(host, port)
        connection.sock = plain
        if parts.scheme == "https":
            connection.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        with contextlib.closing(connection):
            status, body = _exchange(connection, parts, method, more)
    if monotonic() >= deadline:
        raise TimeoutError("the body did not end in time")
    return status, body


def _exchange(
    connection: http.client.HTTPConnection, parts: SplitResult, method: str, more: Mapping[str, str]
) -> tuple[int, bytes]:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Host": parts.netloc, "User-Agent": "lyo-dr", "Connection": "close", **more}
    connection.request(method, path, headers=headers)
    with connection.getresponse() as response:
        return response.status, response.read(_BODY_LIMIT)


@contextlib.contextmanager
def _cut_at(deadline: float, connected: socket.socket) -> Iterator[None]:
    """Cut the connection at the deadline: a server that drips bytes resets the socket's own time-out each time.

    The duplicate refers to the same connection and stays valid when TLS takes the first socket over.
    """
    twin = connected.dup()
    timer = threading.Timer(max(0.0, deadline - monotonic()), _cut, [twin])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        twin.close()


def _cut(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


def _contract(answer: Probe, body: bytes) -> Probe:
    """Read the fields of the app contract where the body has them (docs/app-contract.md)."""
    try:
        raw: Any = json.loads(body)
    except (ValueError, RecursionError):
        return answer
    if not isinstance(raw, dict):
        return answer
    return Probe(
        url=answer.url,
        status=answer.status,
        seconds=answer.seconds,
        region=_text(raw.get("region")),
        database=_text(raw.get("database")),
        epoch=_number(raw.get("epoch")),
    )


def _text(value: Any) -> str | None:
    """Short and printable: it goes into sentences, the table and mails."""
    return "".join(letter for letter in value[:40] if letter.isprintable()) if isinstance(value, str) else None


def _number(value: Any) -> int | None:
    """An epoch the next step can read back; ``true`` is no number."""
    return value if type(value) is int and 0 <= value < 2**53 else None
