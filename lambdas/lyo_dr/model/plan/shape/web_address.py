"""Web addresses as a plan has them: read without an exception, and quoted without a login."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

_LOGIN = re.compile(r"//[^/?#]*@")


def split(url: str) -> SplitResult | None:
    """The parts of an address; None where it cannot be read, its port included."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def is_web(url: str) -> bool:
    """Whether it leads to a host by HTTP or HTTPS, and holds neither a login nor what is in no URL (RFC 3986)."""
    parts = split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    return parts.username is None and not re.search(r"\s", url)


def shown(url: str) -> str:
    """The address as an error may quote it."""
    return repr(_LOGIN.sub("//...@", url))
