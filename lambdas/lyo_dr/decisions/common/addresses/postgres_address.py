"""A PostgreSQL address as text with marked places, so that one of them can change and no other byte does.

Its grammar is libpq's (PostgreSQL documentation, "Connection Strings"; fe-connect.c, conninfo_uri_parse and
conninfo_parse). Where another common reader takes the same text for something else, the address is refused: nobody
but the application knows which of the two it uses. Compared were urllib and asyncpg, SQLAlchemy, node's URL and its
former url.parse, Go's net/url and pgx, pgjdbc.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Literal

import msgspec

from lyo_dr.errors import InvalidSecret

DEFAULT_PORT = 5432

PLACES = ("host", "port", "user", "password")
_ELSEWHERE = ("hostaddr", "service", "servicefile", "passfile", "pghost", "pgport")
"""What leads to another address or login than the rest of the text says."""

_HOST = re.compile(r"[A-Za-z0-9._-]+")
_PORTS = re.compile(r"[0-9]{1,5}(,[0-9]{1,5})*")


class Span(msgspec.Struct, frozen=True):
    """A place in the text, and what is written there, without escapes."""

    start: int
    end: int
    value: str

    def __repr__(self) -> str:
        """Never the value."""
        return f"Span({self.start}, {self.end})"


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """An address and its places. ``hosts`` and ``login`` stand before the path of a URL, ``options`` anywhere else."""

    text: str
    form: Literal["url", "keywords"]
    hosts: Span | None = None
    login: dict[str, Span] = {}
    options: dict[str, Span] = {}

    def __repr__(self) -> str:
        """Never the text."""
        return f"Address({self.form})"

    def changed(self, edits: dict[Span, str]) -> str:
        """The text with something else in these places."""
        text = self.text
        for span in sorted(edits, key=lambda span: span.start, reverse=True):
            text = text[: span.start] + edits[span] + text[span.end :]
        return text


def unfit(why: str) -> InvalidSecret:
    """The refusal of an address; ``why`` quotes nothing of it."""
    return InvalidSecret(f"the database's address in the secret {why}")


def add_option(options: dict[str, Span], key: str, span: Span) -> None:
    """Remember an option that says where to or as whom. Raises InvalidSecret for one that no rewriting gets right."""
    known = key.lower()
    if known in _ELSEWHERE:
        raise unfit(f"has an option {known}, which leads elsewhere than its host; leave that option out")
    if known not in PLACES:
        return
    if key != known:
        raise unfit(f"has an option {known} in capitals, which only some readers understand; write {known}")
    if key in options:
        raise unfit(f"has the option {key} twice, and readers disagree about which one counts")
    options[key] = span


def check_options(options: dict[str, Span]) -> None:
    """Hosts and ports that can be replaced. Raises InvalidSecret."""
    if "host" in options and not all(map(is_host, options["host"].value.split(","))):
        raise unfit("has an option host that is no plain host name (a port in it, a socket, or an escape)")
    if "port" in options and not _PORTS.fullmatch(options["port"].value):
        raise unfit("has an option port that is no number")


def is_host(text: str) -> bool:
    """A DNS name or an IP address, which every reader takes for the same host."""
    if _HOST.fullmatch(text):
        return True
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
