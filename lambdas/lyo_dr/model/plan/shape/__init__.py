"""The shape of a plan: every key known, every value of its kind and within its limits.

One walk names every fault, where msgspec stops at the first. A fault of a value (a number out of its range, a text that
does not fit) leaves a plan that can be built, and so the rules between other fields are still checked; a fault of the
shape (an unknown or missing key, a list for a mapping) does not.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from lyo_dr.model.near import listed, nearest
from lyo_dr.model.plan.shape.kind import Kind, kind_of
from lyo_dr.model.plan.shape.limits import beyond
from lyo_dr.model.plan.shape.values import instead, wrong_kind


@dataclass(frozen=True)
class Fault:
    """A sentence that begins with its path. ``shape``: no plan can be built of this."""

    path: str
    sentence: str
    shape: bool = True

    def __str__(self) -> str:
        return f"{self.path}: {self.sentence}"


def faults_of(raw: Any, kind: Any, path: str, written: Mapping[str, str]) -> Iterator[Fault]:
    """Every fault of a value and what is below it. ``written`` has the text of plain scalars by path."""
    known = kind_of(kind, raw)
    if known.optional and raw is None:
        return
    if (reason := wrong_kind(raw, known, written.get(path))) is not None:
        yield Fault(path, reason)
        return
    yield from _below(raw, known, path, written)
    yield from _of_limits(raw, known, path)


def _below(raw: Any, known: Kind, path: str, written: Mapping[str, str]) -> Iterator[Fault]:
    if known.struct is not None:
        yield from _of_struct(raw, known.struct, path, written)
    elif known.origin is list:
        for index, item in enumerate(raw):
            yield from faults_of(item, known.of[0], f"{path}[{index}]", written)
    elif known.origin is dict:
        yield from _of_mapping(raw, known, path, written)


def _of_limits(raw: Any, known: Kind, path: str) -> Iterator[Fault]:
    reason = beyond(raw, known)
    if reason is not None:
        yield Fault(path, reason, shape=False)


def _of_mapping(raw: dict[Any, Any], known: Kind, path: str, written: Mapping[str, str]) -> Iterator[Fault]:
    for key, item in raw.items():
        place = f"{path}.{key}"
        if not isinstance(key, str):
            yield Fault(place, f"the key is {key!r}; {instead(kind_of(known.of[0]))}")
            continue
        if (reason := beyond(key, kind_of(known.of[0]))) is not None:
            yield Fault(place, f"the key {reason}", shape=False)
        yield from faults_of(item, known.of[1], place, written)


def _of_struct(raw: dict[Any, Any], struct: Any, path: str, written: Mapping[str, str]) -> Iterator[Fault]:
    hints = typing.get_type_hints(struct, include_extras=True)
    fields = {field.name: field for field in msgspec.structs.fields(struct)}
    absent = [name for name in fields if name not in raw]
    for key in raw:
        if key in fields:
            yield from faults_of(raw[key], hints[key], _join(path, key), written)
        else:
            near = nearest(str(key), absent) or nearest(str(key), fields)
            if near in absent:
                absent.remove(near)
            yield Fault(_join(path, str(key)), _unknown(key, near, fields, at_top=not path))
    for name in absent:
        if fields[name].required:
            yield Fault(_join(path, name), f"missing; {instead(kind_of(hints[name]), described=True)}")


def _unknown(key: Any, near: str | None, fields: Mapping[str, Any], *, at_top: bool) -> str:
    if near is not None:
        return f"unknown key; did you mean {near!r}?"
    if at_top:
        return f"unknown key; leave it out, or begin it with x- at the top of the plan, as x-{key}"
    return f"unknown key; known here are {listed(sorted(fields))}"


def built(raw: Any, kind: Any) -> Any:
    """The value without its limits; only for what has no fault of shape."""
    known = kind_of(kind, raw)
    if known.optional and raw is None:
        return None
    if known.struct is not None:
        hints = typing.get_type_hints(known.struct, include_extras=True)
        return known.struct(**{name: built(value, hints[name]) for name, value in raw.items()})
    if known.origin is list:
        return [built(item, known.of[0]) for item in raw]
    if known.origin is dict:
        return {key: built(item, known.of[1]) for key, item in raw.items()}
    return msgspec.convert(raw, known.bare)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
