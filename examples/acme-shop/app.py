"""The shop's API and its web pages in one small program, for rehearsals.

It reads PORT and AWS_REGION; libpq reads the login (PGHOST, PGUSER and so on).
"""

from __future__ import annotations

import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, LifoQueue
from typing import Any

import psycopg

_STATE = "select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on'"
_ORDER = """
insert into sales.orders (id, customer, total_cents) values (%(id)s, %(customer)s, 1999) on conflict (id) do nothing
"""
_IDLE: LifoQueue[psycopg.Connection[Any]] = LifoQueue()


def ask(statement: str, values: dict[str, str] | None = None) -> Any:
    """Run a statement on a kept connection; its first row, if it has any. Raises psycopg.Error."""
    try:
        connection = _IDLE.get_nowait()
    except Empty:
        connection = psycopg.connect("", connect_timeout=2, options="-c statement_timeout=800", autocommit=True)
    try:
        found = connection.execute(statement.encode(), values)
        row = found.fetchone() if found.description else None
    except psycopg.Error:
        connection.close()
        while not _IDLE.empty():
            _IDLE.get_nowait().close()  # made at the same time, to the same server
        raise
    _IDLE.put(connection)
    return row


def readiness() -> dict[str, Any]:
    """The readiness document of the app contract."""
    document: dict[str, Any] = {"region": os.environ["AWS_REGION"], "epoch": None, "database": "down", "version": "1"}
    try:
        document["database"] = "read_only" if ask(_STATE)[0] else "read_write"
        document["epoch"] = (ask("select epoch from lyo_dr.authority") or [None])[0]
    except psycopg.Error:
        pass
    return document


class Shop(BaseHTTPRequestHandler):
    """Paths of both services: in a rehearsal they share a load balancer."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Readiness, and a status for every endpoint of the plan."""
        if self.path == "/internal/ready":
            document = readiness()
            self._answer(200 if document["database"] == "read_write" else 503, document)
        elif self.path == "/v1/account":
            self._answer(401, {"error": "sign in"})
        else:
            self._answer(200 if self.path in ("/", "/health", "/v1/orders") else 404, {})

    def do_POST(self) -> None:
        """An order: stored once, however often it is sent with the same id."""
        order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/checkout":
            self._answer(404, {})
            return
        try:
            ask(_ORDER, order)
        except psycopg.Error as error:
            self._answer(503, {"error": type(error).__name__})
        else:
            self._answer(201, {"id": order["id"], "region": os.environ["AWS_REGION"]})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Requests are not logged."""


class Server(ThreadingHTTPServer):
    """As many requests at once as come."""

    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    Server(("127.0.0.1", int(os.environ["PORT"])), Shop).serve_forever()
