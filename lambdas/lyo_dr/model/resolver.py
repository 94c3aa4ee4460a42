"""DNS resolvers as the plan names them."""

from __future__ import annotations

import ipaddress
import re

DNS_PORT = 53
_BRACKETED = re.compile(r"\[([0-9A-Fa-f:.]+)\](?::([0-9]{1,5}))?", re.ASCII)
_PLAIN = re.compile(r"([0-9.]+)(?::([0-9]{1,5}))?", re.ASCII)


def read_resolver(entry: str) -> tuple[str, int]:
    """Address and port of a resolver: ``1.1.1.1``, ``1.1.1.1:53``, ``::1`` or ``[::1]:53``.

    An IPv6 address with a port needs brackets (RFC 3986, section 3.2.2): without them the port would be part of the
    address. Raises ValueError with what to write instead.
    """
    bracketed, plain = _BRACKETED.fullmatch(entry), _PLAIN.fullmatch(entry)
    found = bracketed or plain
    address, port = (found[1], found[2]) if found else (entry, None)
    if not _is_address(address, version=4 if plain else 6):
        raise ValueError(
            f"{entry!r} is not the address of a resolver; write one such as 1.1.1.1, 1.1.1.1:53 or [::1]:53"
        )
    if found is None and entry.endswith(f":{DNS_PORT}"):
        raise ValueError(f"{entry!r} may or may not end in a port; write [{entry[:-3]}]:{DNS_PORT} or [{entry}]")
    number = DNS_PORT if port is None else int(port)
    if not 0 < number < 65536:
        raise ValueError(f"{entry!r} has no port from 1 to 65535; write a number such as 53, or leave it out")
    return address, number


def _is_address(text: str, *, version: int) -> bool:
    """Without a zone id, which belongs to one machine."""
    try:
        return "%" not in text and ipaddress.ip_address(text).version == version
    except ValueError:
        return False
