"""A small booking service on loopback, and a DNS server that points at whichever of them is meant."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local_aws.route53.answers import Answer, Code, Line
from local_aws.route53.server import DnsServer

NAME = "api.lyo-booking.com"


class BookingService:
    """Acknowledges bookings with 201, and with 200 those it knows. It can be told to fail, hang or forget."""

    def __init__(self, address: str = "127.0.0.1", port: int = 0, region: str = "eu-west-1") -> None:
        self.booked: dict[str, dict[str, Any]] = {}
        self.requests: list[str] = []
        self.connections = 0
        self.fail_next = 0
        self.forget_answer_next = 0
        self.status = 201
        self.hang: threading.Event | None = None
        self._region = region
        self._server = ThreadingHTTPServer((address, port), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Answer no more; new connections are refused, hanging ones let go."""
        if self.hang is not None:
            self.hang.set()
        self.status = 503
        self._server.shutdown()
        self._server.server_close()

    def _book(self, booking: dict[str, Any]) -> tuple[int, dict[str, str]]:
        self.requests.append(booking["id"])
        if self.hang is not None:
            self.hang.wait(5)
        if self.fail_next > 0:
            self.fail_next -= 1
            return 503, {"error": "the database is read-only"}
        if self.status != 201:
            return self.status, {"error": "not now"}
        known = booking["id"] in self.booked
        self.booked[booking["id"]] = booking
        return (200 if known else 201), {"id": booking["id"], "region": self._region}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                service.connections += 1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = service._book(json.loads(body))
                if service.forget_answer_next > 0:
                    service.forget_answer_next -= 1
                    self.close_connection = True
                    return
                payload = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


class ResourceNames:
    """A DNS server for one name; ``address`` may change at any time, None means the name does not exist."""

    def __init__(self, address: str | None = "127.0.0.1", ttl: int = 60) -> None:
        self.address = address
        self.ttl = ttl
        self.asked: list[float] = []
        self._server = DnsServer(self._answer).start()

    @property
    def server(self) -> str:
        """Where it listens, as the client's --resolver wants it."""
        return f"127.0.0.1:{self._server.port}"

    def stop(self) -> None:
        """Answer no more."""
        self._server.stop()

    def _answer(self, name: str, kind: str) -> Answer:
        self.asked.append(time.monotonic())
        if self.address is None or (name.rstrip("."), kind) != (NAME, "A"):
            return Answer(Code.NXDOMAIN)
        return Answer(Code.NOERROR, (Line(NAME, self.ttl, "A", self.address),))
