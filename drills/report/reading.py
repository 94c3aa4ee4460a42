"""Reading a drill's result: any value may be missing or None, and no text may carry a secret onto the page."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

LONGEST_TEXT = 400
"""A sentence beyond this is cut: a page is read, ``drill.json`` keeps everything."""

_MOST_TEXTS = 60

_HIDDEN = "(hidden)"
_NAMES = r"password|passwd|secret|token|credential(?!access|exfiltration)|api_?key"
_VALUES = _NAMES.replace("secret", r"secret(?!s\b)")
"""In a sentence, ``.../app-secrets: A new one is staged`` is about a secret and shows none."""
_SECRETS = (
    (re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"), _HIDDEN),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), _HIDDEN),
    (re.compile(rf"(?i)((?:{_VALUES})\w*[\"']?\s*[=:]\s*)[\"']?[^\s\"',;&]+"), rf"\1{_HIDDEN}"),
)
_SECRET_NAME = re.compile(rf"(?i){_NAMES}")


class Reader:
    """A mapping of the result; every question has an answer, whatever is in it."""

    def __init__(self, value: Any) -> None:
        self._value: Mapping[str, Any] = value if isinstance(value, Mapping) else {}

    def __bool__(self) -> bool:
        return bool(self._value)

    def at(self, name: str) -> Reader:
        """The mapping under ``name``; an empty one when there is none."""
        return Reader(self._value.get(name))

    def each(self, name: str) -> list[Reader]:
        """The mappings listed under ``name``; what is no mapping is left out."""
        return [Reader(one) for one in self.raw_list(name) if isinstance(one, Mapping)]

    def raw_list(self, name: str) -> list[Any]:
        """The list under ``name``, or an empty one."""
        value = self._value.get(name)
        return list(value) if isinstance(value, (list, tuple)) else []

    def raw(self, name: str) -> Any:
        """The value under ``name`` as it is."""
        return self._value.get(name)

    def items(self) -> list[tuple[str, Any]]:
        """Names and values, in the result's order."""
        return [(str(name), value) for name, value in self._value.items()]

    def texts(self, name: str) -> list[str]:
        """The list under ``name`` as texts, without what is None; the first of them when it is endless."""
        return [clean(one) for one in self.raw_list(name) if one is not None][:_MOST_TEXTS]

    def text(self, name: str, otherwise: str = "") -> str:
        """The text under ``name``, without secrets."""
        value = self._value.get(name)
        return otherwise if value is None or isinstance(value, (Mapping, list)) else clean(value)

    def number(self, name: str) -> float | None:
        """The finite number under ``name``."""
        return finite(self._value.get(name))

    def flag(self, name: str) -> bool | None:
        """The truth under ``name``; None when it is missing."""
        value = self._value.get(name)
        return value if isinstance(value, bool) else None

    def moment(self, name: str) -> float | None:
        """The ISO moment under ``name`` in epoch seconds."""
        try:
            return datetime.fromisoformat(str(self._value.get(name))).timestamp()
        except ValueError:
            return None


def finite(value: Any) -> float | None:
    """The value when it is a finite number; a truth is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) else None


def clean(value: Any) -> str:
    """The value as text: user names with passwords, keys and the like hidden, and cut at ``LONGEST_TEXT``."""
    text = str(value)[: 2 * LONGEST_TEXT]
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} …"


def is_secret(name: str) -> bool:
    """Does a field's name say that its value must not be shown?"""
    return _SECRET_NAME.search(name) is not None
