"""Subjects as Amazon SNS takes them."""

from __future__ import annotations

import unicodedata

MOST_CHARACTERS = 99
"""``Subject`` of Publish: no line breaks, no control characters, "less than 100 characters long" (SNS API reference).

Until 2025 the reference asked for ASCII that begins with a letter, number or punctuation mark; ASCII satisfies both.
"""
_WITHOUT_SUBJECT = "Disaster recovery"
_SPELLED = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "\u0131": "i",
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
        "→": "->", "←": "<-", "\u00d7": "x", "·": "-", "•": "-", "€": "EUR", "£": "GBP", "\u00ad": "", "\u200b": "",
    }
)  # fmt: skip


def subject_line(text: str) -> str:
    """A subject that is never refused: one line of ASCII, cut where it is too long; what has no spelling becomes ``?``.

    Accents are dropped (``é`` becomes ``e``), line ends and control characters become spaces.
    """
    letters = unicodedata.normalize("NFKD", text.translate(_SPELLED))
    plain = "".join(_ascii(letter) for letter in letters if not unicodedata.combining(letter))
    line = " ".join(plain.split()) or _WITHOUT_SUBJECT
    return line if len(line) <= MOST_CHARACTERS else line[: MOST_CHARACTERS - 3].rstrip() + "..."


def _ascii(letter: str) -> str:
    if letter.isspace() or unicodedata.category(letter) in ("Cc", "Zl", "Zp"):
        return " "
    return letter if letter.isascii() else "?"
