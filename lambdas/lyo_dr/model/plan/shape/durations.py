"""Durations as people write them, and the ISO 8601 duration they mean."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import msgspec

_UNITS = {"s": "S", "m": "M", "h": "H", "d": "D"}
_LONG = 31 * 86400 * 400
"""More seconds than any duration of a plan."""


def wrong_duration(raw: Any, example: str) -> str | None:
    """Why this is no duration, and what was meant; None where it is one."""
    if isinstance(raw, str) and re.match(r"[+-]?P", raw):
        try:
            far = abs(msgspec.convert(raw, timedelta).total_seconds()) >= _LONG
            return f"{raw} is too long for anything in a plan" if far else None
        except (msgspec.ValidationError, OverflowError):
            pass
    return _no_duration(raw, example)


def _no_duration(raw: Any, example: str) -> str:
    intended = _meant_duration(str(raw).strip().lower())
    said = f"did you mean {intended}?" if intended else example
    return f"{raw!r} is no ISO 8601 duration; {said}"


def _meant_duration(text: str) -> str | None:
    if found := re.fullmatch(r"p([0-9]+)m", text):
        days = f" or, in days, P{30 * int(found[1])}D" if int(found[1]) < 13 else ""
        return f"PT{found[1]}M{days}"
    if found := re.fullmatch(r"p?([0-9]+) ?y(ears?)?", text):
        return f"P{365 * int(found[1])}D"
    if found := re.fullmatch(r"p?t?([0-9]+(?:\.[0-9]+)?) ?(s|m|h|d)[a-z]*", text):
        number, unit = found[1], _UNITS[found[2]]
        return None if re.search("month|milli|ms$", text) else f"P{'' if unit == 'D' else 'T'}{number}{unit}"
    if found := re.fullmatch(r"p?([0-9]+) ?w(eeks?)?", text):
        return f"P{7 * int(found[1])}D"
    if found := re.fullmatch(r"([0-9]{1,2}):([0-9]{2}):([0-9]{2})", text):
        parts = zip((int(found[1]), int(found[2]), int(found[3])), "HMS", strict=True)
        return "PT" + ("".join(f"{number}{unit}" for number, unit in parts if number) or "0S")
    return f"PT{text}S" if re.fullmatch("[0-9]+", text) else None
