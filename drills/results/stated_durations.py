"""Durations that sentences state, read back as seconds: the reverse of ``humanize``."""

from __future__ import annotations

import re

from drills.results.expect import Expectation, asking
from drills.results.record import Recorded

_UNITS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "days": 86400.0}
_PART = re.compile(rf"(\d+(?:\.\d+)?) ({'|'.join(_UNITS)})\b")
_WHOLE = rf"{_PART.pattern}(?: {_PART.pattern})*"


def seconds_after(phrase: str, sentence: str) -> float | None:
    """The duration that follows the phrase (a regular expression), in seconds: ``for 1 h 5 min`` is 3900 s."""
    found = re.search(rf"(?:{phrase}) (?P<duration>{_WHOLE})", sentence)
    if found is None:
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(found["duration"]))


def stated(recorded: Recorded, step: str, phrase: str) -> list[float]:
    """Every duration that follows the phrase on the step's lines of the timeline, in seconds."""
    lines = [seconds_after(phrase, line.sentence) for line in recorded.timeline if line.step == step]
    return [seconds for seconds in lines if seconds is not None]


def stated_at_most(step: str, phrase: str, seconds: float) -> Expectation:
    """A timeline line of the step states a duration after the phrase, and it is not longer than this."""
    return asking(
        lambda recorded: any(found <= seconds for found in stated(recorded, step, phrase)),
        lambda recorded: f"{step} stated {stated(recorded, step, phrase)} after {phrase!r}, not {seconds:g} s at most",
    )
