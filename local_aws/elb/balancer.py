"""A load balancer of one region, as a process of its own: ``python -m local_aws.elb.balancer``.

It reads from standard input, one JSON value a line, and ends when that is closed: a list of ports is its targets, a
mapping is what it does wrong from now on, or under ``networks`` which addresses it turns away.
"""

import argparse
import http.client
import ipaddress
import itertools
import json
import os
import random
import re
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PROBE_EVERY, _PROBE_SECONDS = 0.25, 0.5
_FORWARD_SECONDS = 5.0
_FAILED_PROBES = 2
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "host", "content-length", "upgrade", "te"}


class Targets:
    """The ports behind the load balancer, and which of them pass their health check."""

    def __init__(self) -> None:
        self._failed: dict[int, int] = {}
        self._leaving: list[int] = []
        self._turn = itertools.count()
        self._lock = threading.Lock()
        self._changed = threading.Event()

    def replace(self, ports: Sequence[int]) -> None:
        """Set the targets; a new one gets requests once it passed a health check.

        ECS stops a task only when its successor is healthy here, too. Our ECS looks for itself, and may be earlier:
        those that leave are asked until then, which their draining leaves time for.
        """
        with self._lock:
            leaving = [port for port, failed in self._failed.items() if port not in ports and failed < _FAILED_PROBES]
            self._leaving = leaving or self._leaving
            self._failed = {port: self._failed.get(port, _FAILED_PROBES) for port in ports}
        self._changed.set()

    def healthy(self) -> list[int]:
        """Healthy targets, each time beginning with another one."""
        with self._lock:
            ports = [port for port, failed in self._failed.items() if failed < _FAILED_PROBES]
            # No new request comes in, so that none is left.
            ports = ports or (self._leaving if self._failed else [])
        start = next(self._turn) % len(ports) if ports else 0
        return ports[start:] + ports[:start]

    def note(self, port: int, healthy: bool) -> None:
        """Record the outcome of a health check."""
        with self._lock:
            if port in self._failed:
                self._failed[port] = 0 if healthy else self._failed[port] + 1
            if port in self._failed and healthy:
                self._leaving = []

    def expel(self, port: int) -> None:
        """Take a target out at once, because it refused a connection."""
        with self._lock:
            if port in self._failed:
                self._failed[port] = _FAILED_PROBES
            self._leaving = [other for other in self._leaving if other != port]

    def check_for_ever(self) -> None:
        """Check all targets several times a second."""
        while True:
            with self._lock:
                ports = list(self._failed)
            for port in ports:
                self.note(port, _probe(port))
            self._changed.wait(_PROBE_EVERY)
            self._changed.clear()


@dataclass(frozen=True)
class Disturbance:
    """What a load balancer does wrong: ``errors`` is the share of requests answered 500, ``silent`` answers none.

    ``deaf_to`` is a pattern of user agents that get no answer, as if the way from them were cut.
    """

    errors: float = 0.0
    silent: bool = False
    deaf_to: str = ""

    def swallows(self, agent: str) -> bool:
        """Whether a request of this user agent is never answered."""
        return self.silent or bool(self.deaf_to and re.match(self.deaf_to, agent))

    def spoils(self) -> bool:
        """Whether this request, as it comes, is answered with an error."""
        return self.errors > 0 and random.random() < self.errors  # noqa: S311 - a share, not a secret


class WebAcl:
    """The networks whose visitors are answered 403."""

    def __init__(self, networks: Sequence[str] = ()) -> None:
        self._networks = [ipaddress.ip_network(network) for network in networks]

    def blocks(self, address: str) -> bool:
        """Whether a visitor from this address is turned away."""
        visitor = ipaddress.ip_address(address)
        return any(visitor in network for network in self._networks if network.version == visitor.version)


class Unreachable(Exception):
    """A target did not take the request at all, so that another one may."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 60
    targets: Targets
    disturbance = Disturbance()
    web_acl = WebAcl()

    def _forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.disturbance.swallows(self.headers.get("User-Agent") or ""):
            self.rfile.read(1)  # until the client gives up
            self.close_connection = True
            return
        if self.disturbance.spoils():
            self._reply(HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain", b"Something went wrong")
            return
        if self.web_acl.blocks(self.client_address[0]):
            self._reply(HTTPStatus.FORBIDDEN, "text/html", b"<h1>403 Forbidden</h1>")
            return
        self._reply(*self._answer(body))

    def _answer(self, body: bytes) -> tuple[int, str, bytes]:
        for port in self.targets.healthy():
            try:
                return self._ask(port, body)
            except Unreachable:
                self.targets.expel(port)
            except (OSError, http.client.HTTPException):
                return HTTPStatus.BAD_GATEWAY, "text/plain", b"The target did not answer"
        return HTTPStatus.SERVICE_UNAVAILABLE, "text/plain", b"There is no healthy target"

    do_GET = do_POST = do_PUT = do_DELETE = _forward  # noqa: N815

    def _ask(self, port: int, body: bytes) -> tuple[int, str, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_FORWARD_SECONDS)
        try:
            try:
                connection.connect()
            except OSError as error:
                raise Unreachable from error
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
            headers |= {"Host": self.headers.get("Host", ""), "X-Forwarded-For": self.client_address[0]}
            connection.request(self.command, self.path, body=body, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type") or "text/plain", answer.read()
        finally:
            connection.close()

    def _reply(self, status: int, content_type: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log no request: the client's own record is what counts."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def _probe(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PROBE_SECONDS)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _obey(targets: Targets, handler: type[_Handler]) -> None:
    for line in sys.stdin:
        message = json.loads(line)
        if isinstance(message, list):
            targets.replace(message)
        elif "networks" in message:
            handler.web_acl = WebAcl(message["networks"])
        else:
            handler.disturbance = Disturbance(**message)
    os._exit(0)  # the process that sends the targets is gone


def main() -> None:
    """Serve until standard input is closed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", required=True)
    parser.add_argument("--port", required=True, type=int)
    arguments = parser.parse_args()
    targets = Targets()
    handler: type[_Handler] = type("Handler", (_Handler,), {"targets": targets})
    for work in (targets.check_for_ever, lambda: _obey(targets, handler)):
        threading.Thread(target=work, daemon=True).start()
    _Server((arguments.address, arguments.port), handler).serve_forever()


if __name__ == "__main__":
    main()
