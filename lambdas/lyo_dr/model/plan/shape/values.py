"""Values of the wrong kind: what was written, in a person's words, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from lyo_dr.model.near import nearest
from lyo_dr.model.plan.shape.durations import wrong_duration
from lyo_dr.model.plan.shape.kind import Kind

_TRUE = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_FOUND = {str: "text", int: "a number", float: "a number", bool: "a truth value", list: "a list", dict: "a mapping"}
_WHOLE, _DECIMAL = r"[+-]?[0-9][0-9_]*", r"[+-]?[0-9][0-9_]*(\.[0-9]+)?"


def instead(known: Kind, *, described: bool = False) -> str:
    """What to write, and what the field is for."""
    text = f"write {_example(known)}"
    if described and known.description:
        text += f" ({known.description.rstrip('.')})"
    return text


def _example(known: Kind) -> str:
    if known.says("write"):
        return str(known.says("write"))
    if known.origin is Literal:
        return " or ".join(map(str, known.of))
    if known.struct is not None:
        fields = msgspec.structs.fields(known.struct)
        return "a mapping with " + ", ".join([f.name for f in fields if f.required] or [f.name for f in fields])
    named = {
        timedelta: "an ISO 8601 duration such as PT15M",
        datetime: "a time with its zone, such as 2026-12-01T01:00:00Z",
        str: "text",
        int: "a whole number",
        float: "a number",
        bool: "true or false",
        list: "a list",
        dict: "a mapping",
    }
    return named[known.origin or known.bare]


def wrong_kind(raw: Any, known: Kind, written: str | None) -> str | None:
    """Why a value is not of its kind; None where it is. ``written`` is the text in the file, if it was not quoted."""
    if raw is None:
        return f"empty; {instead(known, described=True)}"
    if known.origin in (list, dict) or known.struct is not None:
        return None if isinstance(raw, known.origin or dict) else _no_collection(raw, known)
    if isinstance(raw, list | dict):
        return f"{_FOUND[type(raw)]} where one value belongs; {instead(known)}"
    if known.origin is Literal:
        return None if raw in known.of and type(raw) is type(known.of[0]) else _no_word(raw, known)
    return _SCALARS[known.bare](raw, known, written)


def _no_collection(raw: Any, known: Kind) -> str:
    if known.origin is list and not isinstance(raw, dict):
        return f"one value where a list belongs; write [{raw}]"
    if known.origin is list:
        return 'a mapping where a list belongs; begin each entry with "- "'
    return f"{_FOUND.get(type(raw), 'a value')} where a mapping belongs; {instead(known)}"


def _no_word(raw: Any, known: Kind) -> str:
    if isinstance(known.of[0], int):
        return f"{raw!r} is none of the values it can have; write {_nearest_numbers(raw, known.of)}"
    near = nearest(str(raw), map(str, known.of))
    return f"{raw!r} is not known; " + (f"did you mean {near!r}?" if near else instead(known))


def _nearest_numbers(raw: Any, known: tuple[int, ...]) -> str:
    """Those before and after it; all where it is no number."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return ", ".join(map(str, known))
    around = [*[each for each in known if each < raw][-1:], *[each for each in known if each > raw][:1]]
    return " or ".join(map(str, around))


def _text(raw: Any, _: Kind, written: str | None) -> str | None:
    if isinstance(raw, str):
        return None
    found = written if written is not None else str(raw)
    return f'{_FOUND.get(type(raw), "a value")} where text belongs; write it in quotes: "{found}"'


def _truth(raw: Any, known: Kind, _: str | None) -> str | None:
    if isinstance(raw, bool):
        return None
    if raw in ("true", "false"):
        return f"text in quotes; write {raw} without them"
    meant = _TRUE.get(str(raw).lower())
    return f"{raw!r} is text in YAML 1.2; write {meant}" if meant else f"{raw!r} is no truth value; {instead(known)}"


def _whole(raw: Any, known: Kind, written: str | None) -> str | None:
    if isinstance(raw, int) and not isinstance(raw, bool):
        leading = written is not None and re.match(r"[+-]?0[0-9]", written)
        return f"{written} is octal to some readers and decimal to others; write {raw}" if leading else None
    found = repr(raw) if written is None or isinstance(raw, str) else written
    return f"{found} is no whole number; {_as_number(raw, known)}"


def _number(raw: Any, known: Kind, written: str | None) -> str | None:
    if isinstance(raw, float):
        return None
    if isinstance(raw, int) and not isinstance(raw, bool):
        return _whole(raw, known, written)
    return f"{raw!r} is no number; {_as_number(raw, known)}"


def _as_number(raw: Any, known: Kind) -> str:
    text = str(raw)
    if isinstance(raw, str) and re.fullmatch(_WHOLE if known.bare is int else _DECIMAL, text):
        return f"write {text.replace('_', '')}" + (" without quotes" if "_" not in text else "")
    if re.fullmatch(r"0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+", text):
        return f"write {int(text, 0)}"
    if isinstance(raw, float) and raw.is_integer():
        return f"write {int(raw)}"
    if re.fullmatch(r"[0-9.]+ ?%", text):
        return f"write {text.rstrip(' %')}"
    return instead(known)


def _duration(raw: Any, known: Kind, _: str | None) -> str | None:
    return wrong_duration(raw, instead(known))


def _time(raw: Any, known: Kind, _: str | None) -> str | None:
    text = raw.isoformat() if isinstance(raw, datetime) else str(raw)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return f"{text} is a date; write {text}T00:00:00Z"
    try:
        at = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        return f"{text!r} is no time; {instead(known)}"
    return None if at.tzinfo is not None else f"no time zone; write {at.isoformat()}Z"


_SCALARS: dict[Any, Callable[[Any, Kind, str | None], str | None]] = {
    str: _text,
    bool: _truth,
    int: _whole,
    float: _number,
    timedelta: _duration,
    datetime: _time,
}
