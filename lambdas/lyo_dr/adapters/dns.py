"""DNS: resolve a name now, without a cache of ours."""

from __future__ import annotations

import ipaddress

from lyo_dr.errors import ServiceUnreachable


def resolve(name: str, resolvers: list[str], seconds: float) -> list[str]:
    """The IPv4 addresses of a name, sorted. ``resolvers`` are ``address`` or ``address:port``; empty: the system's.

    Raises ServiceUnreachable when no resolver gives an answer within ``seconds``.
    """
    # Not imported before it is needed: it takes a fifth of a cold start, and most calls of these steps resolve nothing.
    import dns.exception
    import dns.nameserver
    import dns.resolver

    try:
        resolver = dns.resolver.Resolver(configure=not resolvers)
        if resolvers:
            parts = (entry.partition(":") for entry in resolvers)
            resolver.nameservers = [dns.nameserver.Do53Nameserver(at, int(port or 53)) for at, _, port in parts]
        answer = resolver.resolve(name, "A", lifetime=seconds, search=False)
    except dns.exception.DNSException as silence:
        raise ServiceUnreachable(f"{name} does not resolve ({type(silence).__name__})") from silence
    return sorted(record.address for record in answer)


def is_address(text: str) -> bool:
    """Whether the text is an IP address rather than a name."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
