"""One HTTP or HTTPS probe, as a Route 53 health checker sends it. Nothing outside loopback is ever asked."""

import contextlib
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from local_aws.route53.model import Endpoint

Resolve = Callable[[str], str | None]
"""Turns a host name into an address, None when it has none."""

CONNECT_SECONDS = 4.0
RESPONSE_SECONDS = 2.0
"""Route 53 gives an endpoint four seconds to accept a connection and two more to answer."""

SHORTEST_TIMEOUT = 0.5
"""Seconds no clock factor goes below: a laptop under load is not a dead region."""

_HEALTHY_STATUS = range(200, 400)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to connect, and then to answer."""

    connect: float = CONNECT_SECONDS
    response: float = RESPONSE_SECONDS

    @classmethod
    def at(cls, clock: float) -> "Timeouts":
        """Route 53's timeouts for a clock that runs ``clock`` times faster."""
        return cls(max(CONNECT_SECONDS / clock, SHORTEST_TIMEOUT), max(RESPONSE_SECONDS / clock, SHORTEST_TIMEOUT))


def probe(endpoint: Endpoint, timeouts: Timeouts, resolve: Resolve) -> bool:
    """Whether the endpoint answered with a 2xx or 3xx status in time."""
    address = _address(endpoint, resolve)
    if address is None:
        return False
    try:
        with contextlib.closing(_connect(endpoint, address, timeouts)) as connection:
            connection.request("GET", endpoint.path, headers={"User-Agent": "Amazon-Route53-Health-Check-Service"})
            return connection.getresponse().status in _HEALTHY_STATUS
    except (OSError, http.client.HTTPException, ValueError):
        return False


def _address(endpoint: Endpoint, resolve: Resolve) -> str | None:
    """Return the loopback address to ask, None when there is none: unknown name or a place outside."""
    given = endpoint.address or endpoint.host or ""
    address = given if _is_address(given) else resolve(given)
    return address if address is not None and _is_address(address) and _is_loopback(address) else None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address).is_loopback


def _connect(endpoint: Endpoint, address: str, timeouts: Timeouts) -> http.client.HTTPConnection:
    """Return a connection to ``address`` whose Host header names the endpoint's host."""
    plain = socket.create_connection((address, endpoint.port), timeout=timeouts.connect)
    try:
        plain.settimeout(timeouts.response)
        stream = _encrypted(plain, endpoint.host) if endpoint.scheme == "https" else plain
    except BaseException:
        plain.close()
        raise
    connection = http.client.HTTPConnection(endpoint.host or address, endpoint.port)
    connection.sock = stream
    return connection


def _encrypted(plain: socket.socket, host: str | None) -> ssl.SSLSocket:
    """TLS without looking at the certificate: Route 53's checkers do not validate it either."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(plain, server_hostname=host)
