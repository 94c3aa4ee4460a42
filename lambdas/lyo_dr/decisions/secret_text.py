"""Changing single values in the text of a secret; everything else stays as it is, byte for byte."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from lyo_dr.errors import SecretUnfit

_SPACE = re.compile(r"[ \t\r\n]*")


def with_value(text: str | None, key: str, value: Any) -> str:
    """The text with one key's value replaced. Raises SecretUnfit, which never quotes the text."""
    if text is None:
        raise SecretUnfit("the secret is binary; it has to be text: a JSON object")
    start, end = _span(text, key)
    return text[:start] + json.dumps(value) + text[end:]


def value_of(text: str | None, key: str) -> Any:
    """One key's value. Raises SecretUnfit."""
    start, end = _span(text or "", key)
    return json.loads((text or "")[start:end])


def readdressed(url: Any, host: str, port: int) -> str:
    """A database URL that leads to another host; user, password, path and options stay. Raises SecretUnfit."""
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or not parts.scheme or not parts.hostname:
        raise SecretUnfit("the database's address in the secret is no URL")
    login = parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=f"{login}@{quote(host)}:{port}" if login else f"{quote(host)}:{port}"))


def _span(text: str, key: str) -> tuple[int, int]:
    """Where the value of a key of the outermost object begins and ends."""
    decoder = json.JSONDecoder()
    try:
        if not isinstance(json.loads(text), dict):
            raise SecretUnfit("the secret is no JSON object")
        at = _skip(text, _skip(text, 0) + 1)
        while text[at] != "}":
            name, at = decoder.raw_decode(text, at)
            start = _skip(text, _skip(text, at) + 1)
            _, at = decoder.raw_decode(text, start)
            if name == key:
                return start, at
            at = _skip(text, at)
            at = _skip(text, at + 1) if text[at] == "," else at
    except ValueError:
        raise SecretUnfit("the secret is not JSON") from None
    raise SecretUnfit(f"the secret has no key {key}")


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
