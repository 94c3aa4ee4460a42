"""The app's HTTP interface: the app contract, and bookings."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

from drills.booking_app.bookings import Booking, Bookings, NotAccepted, View
from drills.booking_app.newest import Newest
from drills.booking_app.served import Served
from drills.booking_app.settings import Settings

_READY_SECONDS = 1.7  # the contract says two
_LONGEST_BODY = 65536
_WITHOUT_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
_FIELDS = ("id", "customer", "slot")


class BadRequest(Exception):
    """The request cannot be understood; the message says why."""


class App:
    """What the handlers answer with."""

    def __init__(self, settings: Settings, bookings: Bookings, served: Served | None = None) -> None:
        self.settings = settings
        self.served = served or Served()
        self.bookings = bookings
        self.newest = Newest(settings.redis_url)
        self._checks = ThreadPoolExecutor(max_workers=8, thread_name_prefix="check")

    def ready(self) -> tuple[HTTPStatus, dict[str, Any]]:
        """Whether the app can serve bookings; answers within two seconds whatever its database does."""
        deadline = time.monotonic() + _READY_SECONDS
        database = self._checks.submit(self.bookings.view)
        cache = self._checks.submit(self.newest.state)
        view = _in_time(database, deadline, View("down"))
        answer = {
            "region": self.settings.region,
            "epoch": view.epoch,
            "database": view.state,
            "redis": _in_time(cache, deadline, "down"),
            "version": self.settings.version,
        }
        ready = view.state == "read_write"
        return (HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE), answer

    def book(self, body: bytes) -> tuple[HTTPStatus, dict[str, Any]]:
        """Store a booking: 201 when it is new, 200 when it was there; raises BadRequest, NotAccepted."""
        booking = self._booking(body)
        new = self.bookings.add(booking)
        self.newest.keep(booking.id)
        answer = {"id": booking.id, "region": self.settings.region}
        return (HTTPStatus.CREATED if new else HTTPStatus.OK), answer

    def find(self, identifier: str) -> tuple[HTTPStatus, dict[str, Any]]:
        """A booking by its id; raises BadRequest, NotAccepted."""
        booking = self.bookings.get(self._id(identifier))
        if booking is None:
            return HTTPStatus.NOT_FOUND, {"error": "There is no such booking"}
        return HTTPStatus.OK, {**vars(booking), "region": self.settings.region}

    def _booking(self, body: bytes) -> Booking:
        try:
            fields = json.loads(body)
        except ValueError:
            raise BadRequest("The request is not JSON") from None
        if not isinstance(fields, dict) or not all(isinstance(fields.get(name), str) for name in _FIELDS):
            raise BadRequest("A booking is an object with the texts id, customer and slot")
        return Booking(self._id(fields["id"]), fields["customer"], fields["slot"])

    def _id(self, text: str) -> str:
        """A UUID in the app's own table; elsewhere what the key of the table takes."""
        return _uuid(text) if self.served.demonstration else text


def serve(settings: Settings, bookings: Bookings, served: Served | None = None) -> None:
    """Listen on 127.0.0.1 until the process ends."""
    server = _Server(("127.0.0.1", settings.port), _Handler)
    server.app = App(settings, bookings, served)
    server.serve_forever()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    app: App


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One write per answer: two small ones would wait for each other's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 60
    server: _Server

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def _get(self) -> tuple[int, dict[str, Any]]:
        app = self.server.app
        path, served = self.path.partition("?")[0], app.served
        if path == "/health":
            return HTTPStatus.OK, {"status": "up", "version": app.settings.version}
        if path in served.ready:
            return app.ready()
        if self.path in served.answers or path in served.answers:
            return served.answers.get(self.path) or served.answers[path], {"path": path}
        if path.startswith(f"{served.bookings}/"):
            return app.find(path.removeprefix(f"{served.bookings}/"))
        return HTTPStatus.NOT_FOUND, {"error": "There is nothing here"}

    def _post(self) -> tuple[HTTPStatus, dict[str, Any]]:
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LONGEST_BODY:
            self.close_connection = True
            raise BadRequest("The request is too long")
        body = self.rfile.read(length)
        if self.path == self.server.app.served.bookings:
            return self.server.app.book(body)
        return HTTPStatus.NOT_FOUND, {"error": "There is nothing here"}

    def _answer(self, work: Any) -> None:
        try:
            status, answer = work()
        except BadRequest as error:
            status, answer = HTTPStatus.BAD_REQUEST, {"error": str(error)}
        except NotAccepted as error:
            status, answer = HTTPStatus.SERVICE_UNAVAILABLE, {"error": str(error)}
        content = b"" if status in _WITHOUT_BODY else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Requests are not logged: the client's own record is the truth of the drill."""


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise BadRequest("The id is not a UUID") from None


def _in_time(check: Any, deadline: float, otherwise: Any) -> Any:
    try:
        return check.result(timeout=max(0.0, deadline - time.monotonic()))
    except Late:
        return otherwise
