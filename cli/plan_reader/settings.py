"""Values given beside the file of a plan: ``objectives.rto=PT2H``, by the path that faults are named by."""

from __future__ import annotations

import re
import typing
from collections.abc import Sequence
from typing import Any, Literal

from cli.plan_reader.document import parse
from cli.plan_reader.places import Document, Misread
from lyo_dr.model.near import one_of
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.shape.kind import Kind, kind_of

_PATH = re.compile(r"[^.\[\]]+(?:\.[^.\[\]]+|\[[0-9]{1,4}\])*")
_STEP = re.compile(r"[^.\[\]]+|\[[0-9]+\]")
_EXAMPLE = "objectives.rto=PT2H"


class _Nowhere(Exception):
    """A setting leads to nothing that the plan could have. One sentence."""


def applied(document: Document, settings: Sequence[str]) -> Document:
    """The document with every setting, a later one over an earlier one. A value is read as its field's kind: digits are
    text where the field is text. Raises :class:`Misread` with a sentence for each that cannot be applied.
    """
    faults = []
    for setting in settings:
        try:
            document = _applied(document, setting)
        except _Nowhere as fault:
            faults.append((f"--set {setting.partition('=')[0]}: {fault}", None))
    if faults:
        raise Misread(faults)
    return document


def _applied(document: Document, setting: str) -> Document:
    path, equals, text = setting.partition("=")
    if not equals:
        raise _Nowhere(f"no value; write path=value, such as --set {_EXAMPLE}")
    if not _PATH.fullmatch(path):
        raise _Nowhere("no path; write one as faults are named by, such as databases[0].rpo")
    written: dict[str, str] = {}
    raw = _put(document.raw, Plan, _STEP.findall(path), path, text, written)
    kept = {at: value for at, value in document.written.items() if not _within(at, path)}
    places = {at: value for at, value in document.places.items() if not _within(at, path)}
    return Document(raw, places, kept | written, (*document.given, path))


def _within(at: str, path: str) -> bool:
    return at == path or at.startswith((f"{path}.", f"{path}["))


def _put(here: Any, kind: Any, steps: list[str], path: str, text: str, written: dict[str, str]) -> Any:
    """What is here, with the value below it."""
    known = kind_of(kind, here if steps else [] if text.startswith("[") else None)
    if not steps:
        return _typed(text, known, path, written)
    step, *rest = steps
    if known.origin is list:
        return _put_in_list(here, known, steps, path, text, written)
    made = dict(here) if isinstance(here, dict) else {}
    if known.struct is not None:
        hints = typing.get_type_hints(known.struct, include_extras=True)
        if step not in hints:
            raise _Nowhere(f"the plan has no {step!r} there; {one_of(step, hints)}")
        below = hints[step]
    elif known.origin is dict and not step.startswith("["):
        below = known.of[1]
    else:
        raise _Nowhere(f"nothing can be below {_above(path, steps)}")
    made[step] = _put(made.get(step), below, rest, path, text, written)
    return made


def _put_in_list(here: Any, known: Kind, steps: list[str], path: str, text: str, written: dict[str, str]) -> Any:
    step, *rest = steps
    count = len(here) if isinstance(here, list) else 0
    where = _above(path, steps)
    if not step.startswith("[") or int(step[1:-1]) >= count:
        each = f"the {count} it has are {where}[0] to {where}[{count - 1}]" if count > 1 else f"it has {where}[0]"
        raise _Nowhere(f"{where} is a list; {each if count else 'it is empty'}, or set the whole list")
    index = int(step[1:-1])
    return [_put(each, known.of[0], rest, path, text, written) if n == index else each for n, each in enumerate(here)]


def _above(path: str, steps: list[str]) -> str:
    """The path without the last steps."""
    return path[: len(path) - len("".join(f".{step}" if step[0] != "[" else step for step in steps))]


def _typed(text: str, known: Kind, path: str, written: dict[str, str]) -> Any:
    if known.optional and text in ("null", "~"):
        return None
    collection = known.struct is not None or known.origin in (list, dict)
    is_word = known.origin is Literal and isinstance(known.of[0], str)
    if is_word or not (collection or known.origin is Literal or known.bare in (bool, int, float)):
        return text
    try:
        found = parse(f"value: {text}\n".encode())
    except Misread:
        raise _Nowhere("the value is not valid YAML; put the setting in single quotes") from None
    if set(found.raw) != {"value"}:
        raise _Nowhere("more than one value; give each setting by itself")
    written |= {path + at.removeprefix("value"): each for at, each in found.written.items()}
    return found.raw["value"]
