"""Numbers that cannot be meant, wherever they are: negative ones, durations of nothing, more than all of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec

from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Plan

_MAY_BE_ZERO = (".cooldown", ".search_budget", ".warm_budget", ".delay")
"""Zero means that there is none; what a delayed replica must not do without is a rule of its own."""
_ABOVE_ALL = "may_rise_percent"
"""A table may grow to many times its size."""


def rules(plan: Plan) -> Iterator[str]:
    """Every duration is longer than nothing, every number finite and not negative, every share within 100 %."""
    for path, value in _numbers(plan, ""):
        if isinstance(value, timedelta):
            yield from _duration(path, value)
        else:
            yield from _number(path, value)


def _duration(path: str, value: timedelta) -> Iterator[str]:
    if value < timedelta(0) or (not value and not path.endswith(_MAY_BE_ZERO)):
        yield f"{path}: {humanize(value)} is no duration; write more than 0, such as PT15M"


def _number(path: str, value: float) -> Iterator[str]:
    share = path.endswith("_percent") and not path.endswith(_ABOVE_ALL)
    if not math.isfinite(value) or value < 0 or (share and value > 100):
        yield f"{path}: {value:g}; write a number {'from 0 to 100' if share else 'that is not negative'}"


def _numbers(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, part in _parts(value):
        yield from _numbers(part, f"{path}{name}".removeprefix("."))
    if isinstance(value, timedelta | float | int) and not isinstance(value, bool):
        yield path, value


def _parts(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, msgspec.Struct):
        return [(f".{name}", getattr(value, name)) for name in value.__struct_fields__]
    if isinstance(value, list):
        return [(f"[{index}]", item) for index, item in enumerate(value)]
    return [(f".{key}", item) for key, item in value.items()] if isinstance(value, dict) else []
