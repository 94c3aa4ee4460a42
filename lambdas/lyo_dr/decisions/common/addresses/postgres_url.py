"""URLs of PostgreSQL: what libpq's conninfo_uri_parse takes, of other drivers, and of JDBC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, unquote_to_bytes

from lyo_dr.decisions.common.addresses.postgres_address import Address, Span, add_option, check_options, unfit

SCHEME = re.compile(
    r"(?:(?:postgres|postgresql|postgis|pgsql|psql|timescale|timescalegis)(?:\+[a-z0-9_]+)?"
    r"|(?P<jdbc>jdbc:(?:aws-wrapper:)?postgresql))://"
)
"""libpq knows the first two; the rest are SQLAlchemy's, Django's and Java's."""

_HOSTS = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})|%00")


def parse_url(text: str) -> Address:
    """Mark the places of a URL. Raises InvalidSecret, which never quotes it."""
    found = SCHEME.match(text)
    if found is None:
        raise unfit("begins with no scheme of PostgreSQL; write postgresql://")
    _check_signs(text)
    start = found.end()
    end = min(at if at >= 0 else len(text) for at in (text.find(sign, start) for sign in "/?"))
    at = _sign_of_login(text, start, end, jdbc=bool(found["jdbc"]))
    options: dict[str, Span] = {}
    for key, span in _options(text, end):
        add_option(options, key, span)
    check_options(options)
    return Address(
        text=text,
        form="url",
        hosts=_hosts(text, start if at < 0 else at + 1, end),
        login={} if at < 0 else _login(text, start, at),
        options=options,
    )


def _check_signs(text: str) -> None:
    """Signs that one reader takes for an end, an escape or nothing at all, and the next for a part of a password."""
    if "#" in text:
        raise unfit("holds a #, where some readers end; write %23")
    if "\\" in text:
        raise unfit("holds a backslash, which some readers take for a slash; write %5C")
    if any(sign.isspace() or ord(sign) < ord(" ") or sign == "\x7f" for sign in text):
        raise unfit("holds a space or a control character, which some readers skip; write it as an escape such as %20")
    if _ESCAPE.search(text):
        raise unfit("holds a % that begins no escape; write %25")
    try:
        unquote_to_bytes(text).decode()
    except UnicodeError:
        raise unfit("holds characters or escapes that are no UTF-8") from None


def _sign_of_login(text: str, start: int, end: int, *, jdbc: bool) -> int:
    """Where the @ behind user and password is, or -1. libpq takes the first one, most others the last."""
    count = text.count("@", start, end)
    if jdbc and count:
        raise unfit("has a login before an @, which JDBC does not read; use the options user and password")
    if jdbc:
        return -1
    if count > 1:
        raise unfit("holds an @ in user, password or host, and readers disagree about where those end; write %40")
    if count == 0 and "@" in text[end:]:
        raise unfit("holds an @ behind a / or ?, and readers disagree about where its login ends; write %40, %2F, %3F")
    return text.find("@", start, end)


def _login(text: str, start: int, at: int) -> dict[str, Span]:
    """The user ends at the first colon."""
    colon = text.find(":", start, at)
    found = {"user": _span(text, start, at if colon < 0 else colon)}
    if colon >= 0:
        found["password"] = _span(text, colon + 1, at)
    return {key: span for key, span in found.items() if span.value}


def _hosts(text: str, start: int, end: int) -> Span | None:
    """All hosts with their ports, as one place; None where the URL has none there."""
    if start == end:
        return None
    if not all(_HOSTS.fullmatch(host) for host in text[start:end].split(",")):
        raise unfit("has a host that is no plain name with a port (a sign of its password, a socket, or an escape)")
    return Span(start, end, text[start:end])


def _options(text: str, end: int) -> Iterator[tuple[str, Span]]:
    """Every option with the place of its value."""
    mark = text.find("?", end)
    at = len(text) if mark < 0 else mark + 1
    while at < len(text):
        stop = text.find("&", at)
        stop = len(text) if stop < 0 else stop
        key, sign, value = text[at:stop].partition("=")
        if key.lower() in ("user", "password") and "+" in value:
            raise unfit("holds a + in its option user or password, where some readers see a space; write %2B or %20")
        yield unquote(key), _span(text, at + len(key) + len(sign), stop)
        at = stop + 1


def _span(text: str, start: int, end: int) -> Span:
    return Span(start, end, unquote(text[start:end]))
