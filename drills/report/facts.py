"""Values of any shape, as names and texts: the decision's facts, and what was modelled."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from drills.report.reading import clean, is_secret

MOST_FACTS = 80
_DEEPEST = 5
_UNDER = " \u203a "


@dataclass(frozen=True)
class Fact:
    """A name, its parents before it, and a value."""

    name: str
    value: str


def flatten(value: Any, most: int = MOST_FACTS) -> list[Fact]:
    """Every leaf of a value with the path to it; values whose name speaks of a secret are hidden."""
    found: list[Fact] = []
    for fact in _leaves(value, (), 0):
        if len(found) == most:
            return [*found, Fact("…", "more is in drill.json")]
        found.append(fact)
    return found


def _leaves(value: Any, path: tuple[str, ...], depth: int) -> Iterator[Fact]:
    children = list(_children(value))
    if not children or depth == _DEEPEST:
        if path or value is not None:
            yield Fact(_UNDER.join(path), _text(value))
        return
    for name, child in children:
        if name and is_secret(name):
            yield Fact(_UNDER.join([*path, _label(name)]), "(hidden)")
        else:
            yield from _leaves(child, (*path, _label(name)) if name else path, depth + 1)


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((str(name), child) for name, child in value.items())
    elif isinstance(value, (list, tuple)):
        numbered = len(value) > 1 and any(isinstance(child, (Mapping, list, tuple)) for child in value)
        yield from ((str(number) if numbered else "", child) for number, child in enumerate(value, start=1))


def _label(name: str) -> str:
    return clean(name.replace("_", " "))


def _text(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    if isinstance(value, (Mapping, list, tuple)):
        return "none" if not value else "more is in drill.json"
    return clean(value)
