"""Numbers with their noun: singular or plural, in every sentence alike."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """``1 booking``, ``2 bookings``, ``0 bookings``; ``many`` for a plural that is not formed with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
