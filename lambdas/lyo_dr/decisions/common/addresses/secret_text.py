"""Editing single values in the text of a secret; everything else stays unchanged, byte for byte."""

from __future__ import annotations

import json
import re
from typing import Any

from lyo_dr.errors import InvalidSecret

_SPACE = re.compile(r"[ \t\r\n]*")


def value_of(text: str | None, key: str) -> Any:
    """One key's value. Raises InvalidSecret, which never quotes the text."""
    start, end = _span(_required(text), key)
    return json.loads(_required(text)[start:end])


def has_key(text: str | None, key: str) -> bool:
    """Whether the outermost object has this key. Raises InvalidSecret."""
    return any(name == key for name, _, _ in _members(_required(text)))


def with_value(text: str | None, key: str, value: Any) -> str:
    """The text with one key's value replaced. Raises InvalidSecret."""
    whole = _required(text)
    start, end = _span(whole, key)
    return whole[:start] + json.dumps(value) + whole[end:]


def added(text: str | None, key: str, value: Any) -> str:
    """The text with one more key, the last one. Raises InvalidSecret."""
    whole = _required(text)
    found = _members(whole)
    end = whole.rindex("}") if not found else found[-1][2]
    comma = ", " if found else ""
    return f"{whole[:end]}{comma}{json.dumps(key)}: {json.dumps(value)}{whole[end:]}"


def _required(text: str | None) -> str:
    if text is None:
        raise InvalidSecret("the secret is binary; it has to be text: a JSON object")
    return text


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
    except (ValueError, RecursionError):
        # Without "from": the original message may quote a part of the secret.
        raise InvalidSecret("the secret is not JSON") from None
    return found


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
