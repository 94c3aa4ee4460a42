"""Probes against real sockets: whatever the other side does, the probe ends by its deadline with a fact."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from lyo_dr.adapters.http import probe

READY = {"region": "us-west-2", "epoch": 3, "database": "read_write", "redis": "up", "version": "1"}
Serve = Callable[[socket.socket, threading.Event], None]


@contextmanager
def a_server(serve: Serve) -> Iterator[str]:
    """A server on loopback that treats one connection after the other as it is told; ends with the test."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)

        def run() -> None:
            while not over.is_set():
                try:
                    connection, _ = listener.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.settimeout(2)
                    _quietly(serve, connection, over)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/health/ready"
        finally:
            over.set()
            thread.join()


def _quietly(serve: Serve, connection: socket.socket, over: threading.Event) -> None:
    try:
        serve(connection, over)
    except OSError:
        return


def answering(status: str, body: bytes, *headers: str) -> Serve:
    def serve(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""])
        connection.sendall(head.encode() + body)

    return serve


def dripping(text: bytes) -> Serve:
    """One byte at a time, for ever: each resets the time-out of whoever reads."""

    def serve(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(text)
        while not over.wait(0.05):
            connection.sendall(b"x")

    return serve


def silent(connection: socket.socket, over: threading.Event) -> None:
    over.wait(5)


def hanging_up(connection: socket.socket, over: threading.Event) -> None:
    connection.recv(65536)


def test_an_app_that_keeps_the_contract_is_read_by_it() -> None:
    with a_server(answering("200 OK", json.dumps(READY).encode())) as url:
        answer = probe(url, 2)
    assert (answer.status, answer.region, answer.database, answer.epoch) == (200, "us-west-2", "read_write", 3)
    assert answer.ready
    assert answer.error is None


def test_a_read_only_app_answers_503_with_the_same_contract() -> None:
    body = json.dumps({**READY, "database": "read_only"}).encode()
    with a_server(answering("503 Service Unavailable", body)) as url:
        answer = probe(url, 2)
    assert (answer.status, answer.database, answer.answered, answer.ready) == (503, "read_only", True, False)


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with a_server(answering("302 Found", b"", "Location: http://127.0.0.1:1/elsewhere")) as url:
        assert probe(url, 2).status == 302


def test_the_name_of_the_url_is_asked_at_the_address_that_was_given() -> None:
    asked: list[bytes] = []

    def serve(connection: socket.socket, over: threading.Event) -> None:
        asked.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with a_server(serve) as url:
        port = url.split(":")[2].split("/")[0]
        assert probe(f"http://api.lyo-booking.com:{port}/health?a=b", 2, address="127.0.0.1").status == 200
    assert asked[0].startswith(b"GET /health?a=b HTTP/1.1\r\n")
    assert f"Host: api.lyo-booking.com:{port}\r\n".encode() in asked[0]


GARBAGE = {
    "no JSON": b"<html>It works!</html>",
    "not even text": b"\xff\xfe\x00\x80",
    "a list": b"[1, 2]",
    "nothing": b"",
    "nested without end": b"[" * 60_000,
    "wrong types": json.dumps({"region": 7, "database": ["read_write"], "epoch": "3"}).encode(),
    "an epoch that is a truth": b'{"epoch": true}',
    "an epoch beyond all numbers": b'{"epoch": 1' + b"0" * 60 + b"}",
    "a negative epoch": b'{"epoch": -1}',
    "half a character": b'{"region": "\\ud800", "database": "\\u0000"}',
}


@pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE.keys())
def test_a_body_that_breaks_the_contract_is_an_answer_without_its_fields(body: bytes) -> None:
    with a_server(answering("200 OK", body)) as url:
        answer = probe(url, 2)
    assert (answer.status, answer.region or None, answer.database or None, answer.epoch) == (200, None, None, None)
    assert not answer.ready


def test_long_words_are_cut_before_they_reach_the_timeline() -> None:
    with a_server(answering("200 OK", json.dumps({"region": "r" * 9999}).encode())) as url:
        assert probe(url, 2).region == "r" * 40


def test_a_huge_body_is_not_read_to_its_end() -> None:
    body = b'{"database": "read_write", "x": "' + b"x" * 20_000_000 + b'"}'
    with a_server(answering("200 OK", body)) as url:
        answer = probe(url, 5)
    assert (answer.status, answer.database) == (200, None)


SILENCES: dict[str, tuple[Serve, str]] = {
    "never answers": (silent, "TimeoutError"),
    "hangs up": (hanging_up, "RemoteDisconnected"),
    "drips its first line": (dripping(b"HTTP/1.1 200"), "TimeoutError"),
    "drips its headers": (dripping(b"HTTP/1.1 200 OK\r\nX-Slow: "), "TimeoutError"),
    "drips its body": (dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"), "TimeoutError"),
    "drips a body without end": (dripping(b"HTTP/1.1 200 OK\r\n\r\n"), "TimeoutError"),
    "speaks something else": (answering("", b""), "BadStatusLine"),
}


@pytest.mark.parametrize(("serve", "error"), SILENCES.values(), ids=SILENCES.keys())
def test_fault_08_a_server_that_accepts_and_never_finishes_is_silent_by_the_deadline_and_leaves_no_thread(
    serve: Serve, error: str
) -> None:
    with a_server(serve) as url:
        threads = threading.active_count()
        started = time.monotonic()
        answer = probe(url, 0.3)
        took = time.monotonic() - started
        assert threading.active_count() == threads
    assert took < 1.3
    assert (answer.status, answer.answered, answer.error) == (0, False, error)


def test_a_refused_connection_is_silent_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    answer = probe(f"http://127.0.0.1:{port}/", 2)
    assert (answer.status, answer.error) == (0, "ConnectionRefusedError")


def test_a_server_without_tls_is_no_https() -> None:
    with a_server(answering("200 OK", b"{}")) as url:
        answer = probe(url.replace("http://", "https://"), 2)
    assert answer.status == 0
    assert answer.error is not None


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:99999/", "http://[::1/", "http:///nothing", "http://127.0.0.1:1/a b"]
)
def test_an_address_that_is_none_is_silent_too(url: str) -> None:
    assert probe(url, 0.2).status == 0
