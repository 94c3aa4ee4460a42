"""Addresses of one rehearsal on loopback. Two rehearsals at once get different ones."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from types import TracebackType
from typing import Self

FRONT_PORT = 8080
_SLOTS = 16


class NoPlaceError(RuntimeError):
    """Every set of addresses is taken."""


@dataclass(frozen=True)
class Addresses:
    """Where things listen. The plan holds these addresses, so few sets keep few synthesised assemblies."""

    slot: int

    @property
    def gateway_port(self) -> int:
        """Port of the local AWS on 127.0.0.1."""
        return 4600 + self.slot

    @property
    def dns_port(self) -> int:
        """Port of the DNS server on 127.0.0.1."""
        return 5400 + self.slot

    @property
    def issuer_port(self) -> int:
        """Port of the issuer of keys on 127.0.0.1."""
        return 5500 + self.slot

    @property
    def resolver(self) -> str:
        """The DNS server as the plan names it."""
        return f"127.0.0.1:{self.dns_port}"

    def front(self, index: int) -> str:
        """Address of the load balancer of the first (0) or second (1) region."""
        return f"127.{81 + index}.{self.slot}.1"

    def wanted(self) -> list[tuple[str, int]]:
        """Everything that must be free."""
        fronts = [(self.front(index), FRONT_PORT) for index in (0, 1)]
        ports = (self.gateway_port, self.dns_port, self.issuer_port)
        return [*(("127.0.0.1", port) for port in ports), *fronts]


class Reservation:
    """Holds one set of places for as long as this process lives; nothing is left on disk."""

    def __init__(self) -> None:
        self._marker: socket.socket | None = None
        self.addresses = self._take()

    def _take(self) -> Addresses:
        for slot in range(_SLOTS):
            marker = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            try:
                marker.bind((f"127.80.{slot}.1", FRONT_PORT))
            except OSError:
                marker.close()
                continue
            places = Addresses(slot)
            if all(_is_free(address, port) for address, port in places.wanted()):
                self._marker = marker
                return places
            marker.close()
        raise NoPlaceError(
            f"no free addresses: each of {_SLOTS} sets (such as 127.0.0.1:{Addresses(0).gateway_port}, "
            f"127.0.0.1:{Addresses(0).dns_port}, {Addresses(0).front(0)}:{FRONT_PORT}) has one taken; "
            "end what listens there"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._marker is not None:
            self._marker.close()


def _is_free(address: str, port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers bind it: connections of an earlier drill in TIME_WAIT do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
