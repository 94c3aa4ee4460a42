"""Editing single values in the text of a secret; everything else stays unchanged, byte for byte."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import msgspec

from lyo_dr.errors import InvalidSecret

_SPACE = re.compile(r"[ \t\r\n]*")
_AUTHORITY = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)")
_LOGIN_IN_OPTIONS = re.compile(r"[?&](user|password|passfile|service)=", re.IGNORECASE)


class Login(msgspec.Struct, frozen=True):
    """User and password as they are, without the escapes of a URL."""

    user: str
    password: str

    def __repr__(self) -> str:
        """Never the password: a login may end up in an exception or a log."""
        return f"Login({self.user})"


def value_of(text: str | None, key: str) -> Any:
    """One key's value. Raises InvalidSecret, which never quotes the text."""
    start, end = _span(_required(text), key)
    return json.loads(_required(text)[start:end])


def with_value(text: str | None, key: str, value: Any) -> str:
    """The text with one key's value replaced. Raises InvalidSecret."""
    whole = _required(text)
    start, end = _span(whole, key)
    return whole[:start] + json.dumps(value) + whole[end:]


def login_of(url: Any) -> Login:
    """User and password of a database URL. Raises InvalidSecret."""
    _, login, _ = _parts(url)
    user, colon, password = login.partition(":")
    if not user or not colon:
        raise InvalidSecret("the database's URL in the secret holds no user and password before an @")
    return Login(unquote(user), unquote(password))


def with_login(url: Any, login: Login) -> str:
    """The same URL for another user; hosts, ports, path and options stay as they are. Raises InvalidSecret."""
    scheme, _, rest = _parts(url)
    return f"{scheme}{quote(login.user, safe='')}:{quote(login.password, safe='')}@{rest}"


def _parts(url: Any) -> tuple[str, str, str]:
    """Scheme with its slashes, the part before the last @, and the rest."""
    found = _AUTHORITY.match(url) if isinstance(url, str) else None
    if found is None:
        raise InvalidSecret("the database's address in the secret is not a URL")
    if _LOGIN_IN_OPTIONS.search(url[found.end() :]):
        raise InvalidSecret(
            "the database's URL names a user, password or service among its options; put them before an @"
        )
    login, _, hosts = found[2].rpartition("@")
    return found[1], login, hosts + url[found.end() :]


def _required(text: str | None) -> str:
    if text is None:
        raise InvalidSecret("the secret is binary; it has to be text: a JSON object")
    return text


def readdressed(url: Any, host: str, port: int) -> str:
    """The database URL with another host; user, password, path and options stay. Raises InvalidSecret."""
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or not parts.scheme or not parts.hostname:
        raise InvalidSecret("the database's address in the secret is not a URL")
    login = parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{login}@{quote(host)}:{port}" if login else f"{quote(host)}:{port}"))


def _span(text: str, key: str) -> tuple[int, int]:
    """Start and end offset of a key's value in the outermost object."""
    found = [(start, end) for name, start, end in _members(text) if name == key]
    if not found:
        raise InvalidSecret(f"the secret has no key {key}")
    if len(found) > 1:
        raise InvalidSecret(f"the secret has the key {key} twice, and readers disagree about which one counts")
    return found[0]


def _members(text: str) -> list[tuple[str, int, int]]:
    """Keys of the outermost object, each with the offsets of its value."""
    decoder, found = json.JSONDecoder(), []
    try:
        if not isinstance(json.loads(text), dict):
            raise InvalidSecret("the secret is not a JSON object")
        at = _skip(text, _skip(text, 0) + 1)
        while text[at] != "}":
            name, at = decoder.raw_decode(text, at)
            start = _skip(text, _skip(text, at) + 1)
            _, at = decoder.raw_decode(text, start)
            found.append((name, start, at))
            at = _skip(text, at)
            at = _skip(text, at + 1) if text[at] == "," else at
    except ValueError:
        # Without "from": the original message may quote a part of the secret.
        raise InvalidSecret("the secret is not JSON") from None
    return found


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
