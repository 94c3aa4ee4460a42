"""Limits of a value (``msgspec.Meta``), each in one sentence: the same limits that the schema of editors has."""

from __future__ import annotations

import math
import re
from typing import Any

from lyo_dr.model.near import meant
from lyo_dr.model.plan.shape.kind import Kind

_NOT_RECOVERED = {
    ".cluster-": "the endpoint of an Aurora cluster",
    ":cluster:": "an Aurora cluster",
    ".proxy-": "the endpoint of an RDS Proxy",
    ":db-proxy:": "an RDS Proxy",
}
"""What endpoints and ARNs of RDS look like that lead to no instance."""


def beyond(raw: Any, known: Kind) -> str | None:
    """Why a value of the right kind is outside its limits; None where it is within them."""
    for limit in known.limits:
        if isinstance(raw, str) and limit.pattern is not None and not re.fullmatch(limit.pattern, raw):
            return _text(raw, limit.pattern, known)
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return _number(raw, known)
    if isinstance(raw, list) and any(limit.min_length and len(raw) < limit.min_length for limit in known.limits):
        return "empty; name at least one"
    return None


def _text(raw: str, pattern: str, known: Kind) -> str:
    intended = meant(raw, pattern)
    what = "is an ARN" if raw.startswith("arn:") else known.says("wrong") or "does not fit"
    for mark, other in _NOT_RECOVERED.items():
        if mark in raw:
            return f"{_short(raw)} is {other}, which is not recovered (docs/limits.md); write the id of an RDS instance"
    if not raw:
        return f"empty; write {known.says('write')}"
    if intended is not None:
        return f"{_short(raw)} {what}; did you mean {intended!r}?"
    return f"{_short(raw)} {what}; write {known.says('write')}"


def _short(raw: str) -> str:
    return repr(raw if len(raw) <= 120 else f"{raw[:117]}…")


def _number(raw: float, known: Kind) -> str | None:
    least = _limit(known, "ge"), _limit(known, "gt")
    most = _limit(known, "le")
    low = (least[0] is None or raw >= least[0]) and (least[1] is None or raw > least[1])
    if low and (most is None or raw <= most) and math.isfinite(raw):
        return None
    why = known.says("why")
    return f"{raw:g}; write {_range(least, most)}" + (f": {why}" if why else "")


def _range(least: tuple[Any, Any], most: Any) -> str:
    at_least, above = least
    if most is not None:
        return f"more than {above:g}, {most:g} at most" if above is not None else f"{at_least:g} to {most:g}"
    return f"more than {above:g}" if above is not None else f"{at_least or 0:g} or more"


def _limit(known: Kind, name: str) -> Any:
    return next((value for limit in known.limits if (value := getattr(limit, name)) is not None), None)
