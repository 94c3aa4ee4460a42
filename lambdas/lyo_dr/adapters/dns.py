"""DNS: resolve a name now, without a cache of ours."""

from __future__ import annotations

import contextlib
import ipaddress
from typing import Any

from lyo_dr.adapters.clock import monotonic
from lyo_dr.errors import ServiceUnreachable
from lyo_dr.model.resolver import read_resolver

_LEAST_SECONDS = 0.05
"""For the second question when the first has taken nearly all of the time."""


def resolve(name: str, resolvers: list[str], seconds: float) -> list[str]:
    """The addresses of a name, IPv4 before IPv6, each sorted. ``resolvers`` as in the plan; empty: the system's own.

    A name of a dual stack has both, and either may lead to another region than the other does. Raises
    ServiceUnreachable when it has none, or when no resolver gives an answer within ``seconds``. Once there are IPv4
    addresses, a resolver that gives no answer about IPv6 proves nothing.
    """
    # Not imported before it is needed: it takes a fifth of a cold start, and most calls of these steps resolve nothing.
    import dns.exception

    until = monotonic() + seconds
    found: list[str] = []
    try:
        resolver = _resolver(resolvers)
        for kind in ("A", "AAAA"):
            with contextlib.suppress(*[dns.exception.DNSException] if found else []):
                left = max(_LEAST_SECONDS, until - monotonic())
                # No error where there are none of this kind: the name may have the other.
                answer = resolver.resolve(name, kind, lifetime=left, search=False, raise_on_no_answer=False)
                found += sorted(record.address for record in answer.rrset or ())
    except dns.exception.DNSException as silence:
        raise ServiceUnreachable(f"{name} does not resolve ({type(silence).__name__})") from silence
    if not found:
        raise ServiceUnreachable(f"{name} does not resolve (NoAnswer)")
    return found


def aliases(name: str, resolvers: list[str], seconds: float) -> list[str]:
    """The host names a name leads to by CNAME records, one after the other; lower case, none where it has no CNAME.

    Asked as for an address, because a resolver then follows the chain. Raises ServiceUnreachable like :func:`resolve`.
    """
    import dns.exception
    import dns.rdatatype

    try:
        answer = _resolver(resolvers).resolve(name, "A", lifetime=seconds, search=False, raise_on_no_answer=False)
    except dns.exception.DNSException as silence:
        raise ServiceUnreachable(f"{name} does not resolve ({type(silence).__name__})") from silence
    found = [each for each in answer.response.answer if each.rdtype == dns.rdatatype.CNAME]
    return [str(record.target).rstrip(".").lower() for each in found for record in each]


def _resolver(resolvers: list[str]) -> Any:
    import dns.nameserver
    import dns.resolver

    resolver = dns.resolver.Resolver(configure=not resolvers)
    if resolvers:
        servers = map(read_resolver, resolvers)
        resolver.nameservers = [dns.nameserver.Do53Nameserver(address, port) for address, port in servers]
    return resolver


def is_address(text: str) -> bool:
    """Whether the text is an IP address rather than a name."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
