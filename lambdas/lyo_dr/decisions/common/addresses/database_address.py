"""Reading and changing the address of a PostgreSQL database: its host and port, or its user and password."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec

from lyo_dr.decisions.common.addresses.postgres_address import DEFAULT_PORT, Address, Span, unfit
from lyo_dr.decisions.common.addresses.postgres_keywords import BEGINNING, in_quotes, parse_keywords
from lyo_dr.decisions.common.addresses.postgres_url import parse_url


class Login(msgspec.Struct, frozen=True):
    """User and password as they are, without the escapes of a URL."""

    user: str
    password: str

    def __repr__(self) -> str:
        """Never the password: a login may end up in an exception or a log."""
        return f"Login({self.user})"


def login_of(address: Any) -> Login:
    """User and password of a database's address. Raises InvalidSecret."""
    places = _login_places(_parsed(address))
    return Login(places["user"].value, places["password"].value)


def with_login(address: Any, login: Login) -> str:
    """The same address for another user; hosts, ports, path and options stay as they are. Raises InvalidSecret."""
    parsed = _parsed(address)
    places = _login_places(parsed)
    return parsed.changed(
        {places["user"]: _written(parsed, login.user), places["password"]: _written(parsed, login.password)}
    )


def readdressed(address: Any, host: str, port: int) -> str:
    """The same address with another host and port, wherever it names them; all else stays. Raises InvalidSecret.

    Of several hosts one is left: the others belong to the instance that is left behind.
    """
    parsed = _parsed(address)
    options, edits = parsed.options, dict[Span, str]()
    if parsed.hosts is not None:
        edits[parsed.hosts] = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    elif "host" not in options:
        raise unfit("names no host; write the one of the database")
    if "host" in options:
        edits[options["host"]] = _written(parsed, host)
    if "port" in options:
        edits[options["port"]] = str(port)
    elif parsed.hosts is None and port != DEFAULT_PORT:
        edits[options["host"]] += f"{'&' if parsed.form == 'url' else ' '}port={port}"
    return parsed.changed(edits)


def _parsed(address: Any) -> Address:
    if not isinstance(address, str):
        raise unfit("is not text")
    return parse_keywords(address) if BEGINNING.match(address) else parse_url(address)


def _login_places(address: Address) -> dict[str, Span]:
    """Where user and password are, each in one place only."""
    found: dict[str, Span] = dict(address.login)
    for key in ("user", "password"):
        if key in address.options and key in found:
            raise unfit(f"names its {key} twice, before the @ and among its options; leave one of them out")
        if key in address.options:
            found[key] = address.options[key]
        if key not in found or not found[key].value:
            raise unfit("holds no user and password; write postgresql://user:password@host/...")
    return found


def _written(address: Address, value: str) -> str:
    return quote(value, safe="") if address.form == "url" else in_quotes(value)
