"""The client's resolver: asks one DNS server, keeps the answer for its TTL, forgets it when it fails."""

import threading
import time
from collections.abc import Callable

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rdatatype
import dns.rdtypes.IN.A


class ResolutionError(OSError):
    """The name has no address, or the DNS server did not answer in time; the message says which."""


class Resolver:
    """Resolves one name at ``server``, an ``address:port``. Safe to use from any thread."""

    def __init__(self, server: str, name: str, *, now: Callable[[], float] = time.monotonic) -> None:
        self._address, _, port = server.rpartition(":")
        self._port = int(port)
        self._name = name
        self._now = now
        self._lock = threading.Lock()
        self._cached: tuple[str, float] | None = None

    def address(self, timeout: float) -> str:
        """Return the address of the name, from the cache while its TTL lasts; raises ResolutionError.

        Threads that need an answer at the same time share one question: ``timeout`` (seconds) bounds the wait
        for each other as well as the wait for the server.
        """
        started = time.monotonic()
        if not self._lock.acquire(timeout=max(timeout, 0)):
            raise ResolutionError(f"no answer about {self._name} in {timeout:.1f} s")
        try:
            cached = self._cached
            if cached is None or self._now() >= cached[1]:
                cached = self._cached = self._ask(max(timeout - (time.monotonic() - started), 0.001))
            return cached[0]
        finally:
            self._lock.release()

    def forget(self, address: str) -> None:
        """Ask again next time, if ``address`` is still the one in the cache."""
        cached = self._cached
        if cached is not None and cached[0] == address:
            self._cached = None

    def _ask(self, timeout: float) -> tuple[str, float]:
        query = dns.message.make_query(self._name, dns.rdatatype.A)
        try:
            reply = dns.query.udp(query, self._address, timeout=timeout, port=self._port)
        except (dns.exception.DNSException, OSError) as error:
            raise ResolutionError(f"no answer about {self._name}: {error}") from error
        found = [
            (record.address, rrset.ttl)
            for rrset in reply.answer
            for record in rrset
            if isinstance(record, dns.rdtypes.IN.A.A)
        ]
        if not found:
            raise ResolutionError(f"{self._name} has no address")
        ttl = min(rrset.ttl for rrset in reply.answer)
        return found[0][0], self._now() + ttl
