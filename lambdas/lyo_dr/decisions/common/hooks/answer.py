"""What a hook has answered: foreign text, of which a short and harmless piece is kept."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

LONGEST_WHY = 200
"""Characters of a hook's reason on the timeline."""
LARGEST = 16 * 1024
"""Bytes of an answer that are read; the output of an execution may have 256 KiB, that of a function 6 MB."""

Kind = Literal["done", "pending", "abort", "raised", "failed", "silent", "unusable"]
_SAID: tuple[Literal["done", "pending", "abort"], ...] = ("done", "pending", "abort")


class Heard(msgspec.Struct, frozen=True):
    """``done``, ``pending`` and ``abort`` are its own words; ``unusable``: not the contract.

    ``raised``: its function failed, which may pass; ``failed``: its execution ended, or it cannot be called at all.
    """

    kind: Kind
    why: str = ""


def read_answer(content: Any) -> Heard:
    """An answer by the contract: ``{"status": "done" | "pending" | "abort", "why": "..."}``."""
    if isinstance(content, dict):
        for status in _SAID:
            if content.get("status") == status:
                why = content.get("why", "")
                return Heard(status, cut(why) if isinstance(why, str) else "")
    return Heard("unusable", "its answer has no status done, pending or abort")


def cut(text: str) -> str:
    """One line of printable text of bounded length. What could be markup or a control sequence is left out."""
    plain = "".join(char if char.isprintable() and char not in "[]<>" else " " for char in text[: 4 * LONGEST_WHY])
    plain = " ".join(plain.split())
    return plain if len(plain) <= LONGEST_WHY else f"{plain[: LONGEST_WHY - 1]}…"
