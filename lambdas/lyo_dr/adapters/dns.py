"""DNS: resolve a name now, without a cache of ours."""

from __future__ import annotations

import dns.exception
import dns.inet
import dns.nameserver
import dns.resolver

from lyo_dr.errors import ServiceUnreachable


def resolve(name: str, resolvers: list[str], seconds: float) -> list[str]:
    """The IPv4 addresses of a name, sorted. ``resolvers`` are ``address`` or ``address:port``; empty: the system's.

    Raises ServiceUnreachable when no resolver gives an answer within ``seconds``.
    """
    try:
        resolver = dns.resolver.Resolver(configure=not resolvers)
        if resolvers:
            resolver.nameservers = [_nameserver(entry) for entry in resolvers]
        answer = resolver.resolve(name, "A", lifetime=seconds, search=False)
    except dns.exception.DNSException as silence:
        raise ServiceUnreachable(f"{name} does not resolve ({type(silence).__name__})") from silence
    return sorted(record.address for record in answer)


def _nameserver(entry: str) -> dns.nameserver.Nameserver:
    address, _, port = entry.partition(":")
    return dns.nameserver.Do53Nameserver(address, int(port or 53))


def is_address(text: str) -> bool:
    """Whether the text is an IP address rather than a name."""
    return dns.inet.is_address(text)
