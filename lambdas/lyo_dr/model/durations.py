"""Durations in words: the one format of timeline, messages, terminal and report."""

from __future__ import annotations

from datetime import timedelta

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def humanize(duration: timedelta | float) -> str:
    """Format a duration (a float is in seconds) with its unit, rounded to what a person needs.

    The larger the duration, the coarser the rounding; a unit that is zero is left out:

    =================  ==========================  =======================
    below 0.1 s        milliseconds                ``40 ms`` (``0 s``)
    below 1 min        one decimal, if not zero    ``0.4 s``, ``12.3 s``, ``5 s``
    below 1 h          minutes and seconds         ``5 min``, ``5 min 30 s``
    below 2 days       hours and minutes           ``1 h``, ``2 h 5 min``, ``36 h``
    from 2 days on     days and hours              ``3 days``, ``2 days 5 h``
    =================  ==========================  =======================

    A negative duration has a minus sign in front.
    """
    seconds = duration.total_seconds() if isinstance(duration, timedelta) else duration
    text = _positive(abs(seconds))
    return f"-{text}" if seconds < 0 and text != "0 s" else text


def _positive(seconds: float) -> str:
    """Round before choosing the unit: 59.97 s is 1 min, not 60 s."""
    if round(seconds, 3) < 0.1:
        return f"{round(1000 * seconds)} ms" if round(1000 * seconds) else "0 s"
    if round(seconds, 1) < _MINUTE:
        return f"{round(seconds, 1):g} s"
    if round(seconds) < _HOUR:
        return _two(round(seconds), (_MINUTE, "min"), (1, "s"))
    if _nearest(seconds, _MINUTE) < 2 * _DAY:
        return _two(_nearest(seconds, _MINUTE), (_HOUR, "h"), (_MINUTE, "min"))
    return _two(_nearest(seconds, _HOUR), (_DAY, "days"), (_HOUR, "h"))


def _nearest(seconds: float, unit: int) -> int:
    return round(seconds / unit) * unit


def _two(seconds: int, large: tuple[int, str], small: tuple[int, str]) -> str:
    first, rest = divmod(seconds, large[0])
    parts = ((first, large[1]), (rest // small[0], small[1]))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)
