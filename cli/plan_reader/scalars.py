"""Plain scalars by YAML 1.2: no word but true, false and null is anything but text, and a time stays text."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml.nodes import ScalarNode

_INTEGER = re.compile(r"[+-]?[0-9]+")
_FLOAT = re.compile(r"[+-]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][+-]?[0-9]+)?")
_SPECIAL = re.compile(r"([+-]?)\.(inf|nan)", re.IGNORECASE)
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
"""YAML 1.2, "Core schema": no other word is anything but text."""


def scalar(node: ScalarNode) -> Any:
    """The value of a scalar: text where it is quoted, or has no other meaning."""
    text = str(node.value)
    if node.style:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) and len(text) < 20:
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    special = _SPECIAL.fullmatch(text)
    return float(special[1] + special[2]) if special else text
