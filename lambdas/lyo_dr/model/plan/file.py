"""Reading a plan a person wrote: all faults at once, each one sentence with its path and what to write instead."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any

import msgspec

from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.rules import broken_rules


class PlanFaults(Exception):
    """The plan cannot be used. ``faults`` holds one sentence for each thing that is wrong."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def read_plan(raw: Any) -> Plan:
    """Turn the parsed YAML into a plan. Raises :class:`PlanFaults` with every fault found."""
    if not isinstance(raw, dict):
        raise PlanFaults(["plan: the file is empty or not a mapping; start from the plan.yaml of the repository"])
    faults = list(_shape_faults(raw, Plan, ""))
    if faults:
        raise PlanFaults(faults)
    plan = msgspec.convert(raw, Plan)
    faults = broken_rules(plan)
    if faults:
        raise PlanFaults(faults)
    return plan


def _shape_faults(raw: Any, kind: Any, path: str) -> Iterator[str]:
    """Walk the tree so that one wrong value does not hide the next (msgspec stops at the first)."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(raw, dict):
        yield from _struct_faults(raw, kind, path)
    elif typing.get_origin(kind) is list and isinstance(raw, list):
        for index, item in enumerate(raw):
            yield from _shape_faults(item, typing.get_args(kind)[0], f"{path}[{index}]")
    elif typing.get_origin(kind) is dict and isinstance(raw, dict):
        for key, item in raw.items():
            yield from _shape_faults(item, typing.get_args(kind)[1], f"{path}.{key}")
    else:
        yield from _value_fault(raw, kind, path)


def _struct_faults(raw: dict[Any, Any], kind: type[msgspec.Struct], path: str) -> Iterator[str]:
    hints = typing.get_type_hints(kind)
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for key in raw:
        if key not in fields:
            yield f"{_join(path, str(key))}: unknown field; known here are {', '.join(sorted(fields))}"
    for name, field in fields.items():
        if name in raw:
            yield from _shape_faults(raw[name], _given(raw[name], hints[name]), _join(path, name))
        elif field.required:
            yield f"{_join(path, name)}: missing; write {_example(hints[name])}"


def _given(raw: Any, kind: Any) -> Any:
    """A part that may be left out, and is there, is looked at like any other."""
    return typing.get_args(kind)[0] if isinstance(kind, types.UnionType) and isinstance(raw, dict) else kind


def _value_fault(raw: Any, kind: Any, path: str) -> Iterator[str]:
    try:
        msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        reason = str(error).split(" - at ")[0].rstrip(".")
        yield f"{path}: {reason[0].lower() + reason[1:]} (found {raw!r}); write {_example(kind)}"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _example(kind: Any) -> str:
    """What to write instead, by the kind of value."""
    if isinstance(kind, types.UnionType):
        kind = typing.get_args(kind)[0]
    examples = {
        "timedelta": "an ISO 8601 duration such as PT15M",
        "str": 'text; put quotes around digits, as in account: "123456789012"',
        "int": "a whole number",
        "float": "a number",
        "bool": "true or false",
        "list": "a list",
        "dict": "a mapping",
        "Literal": " or ".join(map(str, typing.get_args(kind))),
    }
    name = getattr(typing.get_origin(kind) or kind, "__name__", str(kind))
    return examples.get(name, "a mapping as in the plan.yaml of the repository")
