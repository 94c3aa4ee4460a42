"""HTTP probes with a deadline: connect, answer and body together may take no longer than allowed."""

from __future__ import annotations

import json
import ssl
from typing import Any
from urllib.parse import SplitResult, urlsplit

import urllib3

from lyo_dr.adapters.clock import monotonic
from lyo_dr.model.facts import Probe

_BODY_LIMIT = 65_536


def probe(url: str, seconds: float, *, address: str | None = None) -> Probe:
    """Ask one URL. Never raises: no answer is a fact, too.

    With ``address`` the connection goes there while name and certificate stay those of the URL, so that
    a resolved address can be asked as a user would ask it. TLS is verified; redirects are not followed.
    """
    started = monotonic()
    pool = _pool(urlsplit(url), address, seconds)
    try:
        status, body = _fetch(pool, urlsplit(url), started + seconds)
    except (urllib3.exceptions.HTTPError, OSError) as silence:
        return Probe(url=url, error=_reason(silence), seconds=round(monotonic() - started, 3))
    finally:
        pool.close()
    return _contract(Probe(url=url, status=status, seconds=round(monotonic() - started, 3)), body)


def _pool(parts: SplitResult, address: str | None, seconds: float) -> urllib3.HTTPConnectionPool:
    host = parts.hostname or ""
    timeout = urllib3.Timeout(connect=min(2.0, seconds), read=seconds, total=seconds)
    if parts.scheme == "https":
        return urllib3.HTTPSConnectionPool(
            address or host,
            parts.port or 443,
            timeout=timeout,
            retries=False,
            ssl_context=ssl.create_default_context(),
            server_hostname=host,
            assert_hostname=host,
        )
    return urllib3.HTTPConnectionPool(address or host, parts.port or 80, timeout=timeout, retries=False)


def _fetch(pool: urllib3.HTTPConnectionPool, parts: SplitResult, deadline: float) -> tuple[int, bytes]:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"Host": parts.netloc, "User-Agent": "lyo-dr", "Connection": "close"}
    response = pool.request("GET", path, headers=headers, redirect=False, preload_content=False)
    try:
        return response.status, _read(response, deadline)
    finally:
        response.close()


def _read(response: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
    """A server that drips one byte at a time resets the socket's timeout each time: watch the clock."""
    body = b""
    while len(body) < _BODY_LIMIT:
        if monotonic() > deadline:
            raise TimeoutError("the body did not end in time")
        chunk = response.read1(4096) if hasattr(response, "read1") else response.read(4096)
        if not chunk:
            break
        body += chunk
    return body


def _reason(silence: Exception) -> str:
    """The class of the innermost cause: short, and without addresses or payload."""
    cause: BaseException = silence
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return type(cause).__name__


def _contract(answer: Probe, body: bytes) -> Probe:
    """Read the fields of the app contract where the body has them (docs/app-contract.md)."""
    try:
        raw: Any = json.loads(body)
    except ValueError:
        return answer
    if not isinstance(raw, dict):
        return answer
    return Probe(
        url=answer.url,
        status=answer.status,
        seconds=answer.seconds,
        region=_text(raw.get("region")),
        database=_text(raw.get("database")),
        epoch=raw["epoch"] if isinstance(raw.get("epoch"), int) else None,
    )


def _text(value: Any) -> str | None:
    return value[:40] if isinstance(value, str) else None
