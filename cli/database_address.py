"""The address of a database that a person gives in the environment; it may hold a password and is never quoted."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote

import msgspec

from lyo_dr.adapters.aws.secretsmanager import SqlLogin
from lyo_dr.decisions.common.addresses.database_address import login_of
from lyo_dr.decisions.common.addresses.postgres_address import DEFAULT_PORT, Address
from lyo_dr.decisions.common.addresses.postgres_url import parse_url
from lyo_dr.errors import InvalidSecret

_ENCRYPTED = ("allow", "prefer", "require")


class UnusableAddress(Exception):
    """The address cannot be used. Half a sentence that quotes nothing of it."""


def login_at(text: str) -> SqlLogin:
    """From the JSON of a secret of Lyo DR, or a URL. Raises :class:`UnusableAddress`."""
    if text.lstrip().startswith("{"):
        return _of_secret(text)
    try:
        return _of_url(text.strip())
    except InvalidSecret as fault:
        why = str(fault).removeprefix("the database's address in the secret ")
        raise UnusableAddress(f"{why}; or give the JSON of its secret") from None


def _of_secret(text: str) -> SqlLogin:
    try:
        return msgspec.json.decode(text, type=SqlLogin)
    except msgspec.DecodeError:
        # Without "from": the original message may quote a part of it.
        raise UnusableAddress("is no login; give JSON with host, port, username, password and dbname") from None


def _of_url(text: str) -> SqlLogin:
    address, login = parse_url(text), login_of(text)
    host, port = _place(address)
    path, _, query = text[address.hosts.end if address.hosts else 0 :].partition("?")
    if not path.strip("/") or "/" in path.strip("/"):
        raise UnusableAddress("names no database; write postgresql://user:password@host:port/database")
    mode = parse_qs(query).get("sslmode", ["prefer"])[-1]
    if mode not in (*_ENCRYPTED, "disable"):
        raise UnusableAddress(
            "asks for a verified server; give the JSON of its secret, which has the certificates in ca"
        )
    return SqlLogin(host, port, login.user, login.password, unquote(path.strip("/")), tls=mode != "disable")


def _place(address: Address) -> tuple[str, int]:
    """One host, before the path."""
    if address.hosts is None or {"host", "port"} & set(address.options) or "," in address.hosts.value:
        raise UnusableAddress("does not name one host before its path; write postgresql://user:password@host:port/db")
    host, colon, port = address.hosts.value.rpartition(":")
    if not colon or address.hosts.value.endswith("]"):
        host, port = address.hosts.value, ""
    return host.strip("[]"), int(port or DEFAULT_PORT)
