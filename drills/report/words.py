"""Numbers and outcomes in a person's words."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from lyo_dr.model.durations import humanize

UNKNOWN = "unknown"
_GAP = "\u00a0"
"""No line ends between a number and its unit."""
MINUS = "\u2212"


def duration(seconds: float | None) -> str:
    """A duration as everywhere else, in plain text; ``unknown`` without one."""
    return UNKNOWN if seconds is None else humanize(seconds)


def span(seconds: float | None) -> str:
    """The same for the page: no line ends between a number and its unit."""
    return re.sub(r"(?<=\d) ", _GAP, duration(seconds)).replace("-", MINUS)


def short(seconds: float) -> str:
    """Seconds without their unit, at most two decimals, none that say nothing."""
    text = f"{seconds:.2f}" if abs(seconds) < 100 else f"{seconds:.1f}"
    text = text.rstrip("0").rstrip(".").replace("-", MINUS)
    return "0" if text == f"{MINUS}0" else text


def since(seconds: float | None) -> str:
    """A moment counted from the fault: ``+9.11 s``."""
    if seconds is None:
        return ""
    sign = MINUS if seconds < 0 else "+"
    return f"{sign}{abs(seconds):.2f}{_GAP}s"


def milliseconds(value: float | None) -> str:
    """A latency: ``4.7 ms``."""
    return UNKNOWN if value is None else f"{value:,.1f}{_GAP}ms"


def count(number: float | None, one: str, many: str) -> str:
    """``1 booking``, ``2 bookings``, ``no booking``, ``an unknown number of bookings``."""
    if number is None:
        return f"an unknown number of {many}"
    if not number:
        return f"no {one}"
    return f"{number:,.0f}{_GAP}{one if number == 1 else many}"


def whole(number: float | None) -> str:
    """A count as digits."""
    return UNKNOWN if number is None else f"{number:,.0f}"


def share(part: float | None, total: float | None) -> str:
    """How much of ``total`` ``part`` is, in per cent: ``0.07 %``, ``12 %``."""
    if part is None or not total:
        return ""
    percent = 100 * part / total
    return f"{percent:.0f}{_GAP}%" if percent >= 10 or percent == 0 else f"{percent:.2g}{_GAP}%"


def day(epoch: float | None) -> str:
    """``23 November 2026, 21:28:17 UTC``."""
    if epoch is None:
        return ""
    at = datetime.fromtimestamp(epoch, UTC)
    return f"{at.day} {at:%B %Y, %H:%M:%S} UTC"


def clock(epoch: float | None) -> str:
    """``21:28:17.114``, in UTC."""
    if epoch is None:
        return ""
    at = datetime.fromtimestamp(epoch, UTC)
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03}"
