"""Redis over a socket, against a server that says what Redis says."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from lyo_dr.adapters.redis import end_sessions, try_token
from lyo_dr.errors import AwsCallFailed, ServiceUnreachable
from lyo_dr.model.cache import CacheUrl

Serve = Callable[[dict[str, bytes]], CacheUrl]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A server with an answer to each command; to others it hangs up."""
    listeners: list[socket.socket] = []

    def begin(answers: dict[str, bytes]) -> CacheUrl:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=_serve, args=(listener, answers), daemon=True).start()
        return CacheUrl(host="127.0.0.1", port=listener.getsockname()[1], tls=False, token="canary")

    yield begin
    for listener in listeners:
        listener.close()


def _serve(listener: socket.socket, answers: dict[str, bytes]) -> None:
    connection, _ = listener.accept()
    with connection, connection.makefile("rb") as file:
        while header := file.readline():
            words = [(file.readline(), file.readline())[1].strip().decode() for _ in range(int(header[1:]))]
            answer = answers.get(" ".join(words))
            if answer is None:
                return
            connection.sendall(answer + b"\r\n")


def test_a_token_is_accepted_when_a_ping_is_answered(serve: Serve) -> None:
    assert try_token(serve({"AUTH canary": b"+OK", "PING": b"+PONG"}), 2).accepted


@pytest.mark.parametrize(
    ("answers", "refused"),
    [
        ({"AUTH canary": b"-WRONGPASS invalid username-password pair or user is disabled."}, True),
        ({"AUTH canary": b"-ERR invalid password"}, True),
        ({"AUTH canary": b"-LOADING Redis is loading the dataset in memory"}, False),
        ({"AUTH canary": b"-ERR max number of clients reached"}, False),
        ({"AUTH canary": b"+OK", "PING": b"-LOADING"}, False),
        ({}, False),
    ],
    ids=["refused", "refused before 6", "loading", "full", "loading later", "hangs up"],
)
def test_only_a_wrong_token_is_refused(serve: Serve, answers: dict[str, bytes], refused: bool) -> None:
    answer = try_token(serve(answers), 2)
    assert (answer.accepted, answer.refused) == (False, refused)
    assert "canary" not in answer.reason


def test_silence_is_no_refusal() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    answer = try_token(CacheUrl(host="127.0.0.1", port=port, tls=False, token="canary"), 1)
    assert (answer.accepted, answer.refused, answer.reason) == (False, False, "no answer (ConnectionRefusedError)")


def test_connections_of_clients_and_of_listeners_are_ended(serve: Serve) -> None:
    kill = {"CLIENT KILL TYPE normal": b":3", "CLIENT KILL TYPE pubsub": b":1"}
    assert end_sessions(serve({"AUTH canary": b"+OK", **kill}), 2) == 4


def test_a_cache_that_ends_no_sessions_is_an_error(serve: Serve) -> None:
    with pytest.raises(AwsCallFailed, match="the cache answered WRONGPASS"):
        end_sessions(serve({"AUTH canary": b"-WRONGPASS no"}), 2)
    with pytest.raises(AwsCallFailed, match="the cache answered NOPERM"):
        end_sessions(serve({"AUTH canary": b"+OK", "CLIENT KILL TYPE normal": b"-NOPERM no"}), 2)
    with pytest.raises(ServiceUnreachable):
        end_sessions(serve({}), 2)
