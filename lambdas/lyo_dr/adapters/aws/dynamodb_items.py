"""Items of DynamoDB as plain values and back: what ``boto3.dynamodb.types`` does, for the types we store.

Importing that module means importing boto3, which nothing else here needs: a tenth of a cold start.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

_KINDS: tuple[tuple[type | tuple[type, ...], str, Callable[[Any], Any]], ...] = (
    (type(None), "NULL", lambda _none: True),
    (bool, "BOOL", bool),
    (str, "S", str),
    ((int, Decimal), "N", str),
    (dict, "M", lambda fields: {name: pack(part) for name, part in fields.items()}),
    ((list, tuple), "L", lambda parts: [pack(part) for part in parts]),
)
"""The first that fits counts: a bool is an int, too."""


def pack(value: Any) -> dict[str, Any]:
    """A value with its type, as DynamoDB wants it. Raises TypeError for a float, which would be rounded."""
    for fitting, kind, written in _KINDS:
        if isinstance(value, fitting):
            return {kind: written(value)}
    raise TypeError(f"a {type(value).__name__} is not stored in a table")


def unpack(typed: dict[str, Any]) -> Any:
    """The plain value. Our numbers are whole ones."""
    ((kind, value),) = typed.items()
    if kind == "M":
        return {name: unpack(part) for name, part in value.items()}
    if kind == "L":
        return [unpack(part) for part in value]
    if kind == "N":
        return int(Decimal(value))
    return None if kind == "NULL" else value
