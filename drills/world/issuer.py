"""The issuer of keys, on loopback: a real HTTP server that knows which keys are valid, and nothing else."""

from __future__ import annotations

import secrets
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Issuer:
    """Answers 200 to a request with a valid key in its Authorization header, and 401 to any other."""

    def __init__(self, port: int) -> None:
        """Listens at once. Raises OSError where the port is taken."""
        self.answers: list[int] = []
        """The statuses given, in order."""
        self._valid: set[str] = set()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.issuer = self
        self._thread = threading.Thread(target=self._server.serve_forever, name="issuer", daemon=True)
        self._thread.start()

    def create(self) -> str:
        """A new key, valid from now on."""
        key = f"sk-rehearsal-{secrets.token_urlsafe(24)}"
        self._valid.add(key)
        return key

    def revoke(self, key: str) -> None:
        """From now on the key is refused."""
        self._valid.discard(key)

    def status_for(self, header: str) -> HTTPStatus:
        """What a request with this header gets."""
        status = HTTPStatus.OK if header.removeprefix("Bearer ") in self._valid else HTTPStatus.UNAUTHORIZED
        self.answers.append(int(status))
        return status

    def stop(self) -> None:
        """Listen no longer."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    issuer: Issuer


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.send_response(self.server.issuer.status_for(self.headers.get("Authorization", "")))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing is logged: a key may be in it."""
