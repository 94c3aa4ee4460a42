"""Numbers that come from outside: one sentence for each that cannot be meant."""

import argparse
import math
from collections.abc import Callable

HIGHEST_PORT = 65535
LONGEST_SECONDS = 86400.0


def number(name: str, value: object, *, least: float = 0.0, most: float = math.inf) -> float:
    """Return ``value``, a number or the text of one, as a float; raises ValueError outside the bounds and for NaN."""
    try:
        found = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found) or not least <= found <= most:
        raise ValueError(f"{name} is {value!r}; write a number {_bounds(least, most)}")
    return found


def whole(name: str, value: object, *, least: int = 0, most: float = math.inf) -> int:
    """Return ``value`` as a whole number; raises ValueError for any other."""
    found = number(name, value, least=least, most=most)
    if not found.is_integer():
        raise ValueError(f"{name} is {value!r}; write a whole number {_bounds(least, most)}")
    return int(found)


def seconds(name: str, value: object) -> float:
    """Return a duration of a day at most; raises ValueError for any other."""
    return number(name, value, most=LONGEST_SECONDS)


def port(name: str, value: object) -> int:
    """Return a port to listen on or to connect to; raises ValueError for any other number."""
    return whole(name, value, least=1, most=HIGHEST_PORT)


def argument(check: Callable[[str, object], float]) -> Callable[[str], float]:
    """Return a check of these as the ``type`` of an argument, so that argparse prints its sentence."""

    def parse(given: str) -> float:
        try:
            return check("the number", given)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parse


def _bounds(least: float, most: float) -> str:
    return f"from {least:.9g} to {most:.9g}" if math.isfinite(most) else f"of {least:.9g} or more"
