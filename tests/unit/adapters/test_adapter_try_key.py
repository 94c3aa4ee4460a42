"""A key shown to its issuer, over real sockets: in one header, to nobody else, and nothing of it comes back."""

from __future__ import annotations

import socket
import threading

from lyo_dr.adapters.http import try_key
from lyo_dr.model.issuer import KeyTry
from tests.unit.adapters.test_adapter_http import a_server, answering, silent

KEY = "sk-canary"


def shown(url: str, value: str = KEY, seconds: float = 2.0) -> KeyTry:
    return try_key(url, seconds, method="GET", header=("Authorization", f"Bearer {value}"))


def test_the_header_carries_the_key_and_the_status_comes_back() -> None:
    asked: list[bytes] = []

    def serve(connection: socket.socket, _over: threading.Event) -> None:
        asked.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 9\r\n\r\nsk-canary")

    with a_server(serve) as url:
        assert shown(url) == KeyTry(status=401)
    assert b"\r\nAuthorization: Bearer sk-canary\r\n" in asked[0]
    assert KEY.encode() not in asked[0].splitlines()[0]


def test_a_redirect_is_not_followed_with_the_key() -> None:
    with a_server(answering("302 Found", b"", "Location: http://127.0.0.1:1/elsewhere")) as url:
        assert shown(url) == KeyTry(status=302)


def test_an_issuer_that_hangs_is_left_in_time() -> None:
    with a_server(silent) as url:
        assert shown(url, seconds=0.3).error == "TimeoutError"


def test_an_issuer_nobody_finds_is_silence() -> None:
    assert shown("http://127.0.0.1:1/").status == 0


def test_a_key_that_fits_no_header_is_an_error_that_does_not_quote_it() -> None:
    with a_server(answering("200 OK", b"")) as url:
        answer = shown(url, "sk-canary\r\nX: y")
    assert answer == KeyTry(error="ValueError")
