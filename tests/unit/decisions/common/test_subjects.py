"""Subjects that SNS never refuses, whatever is in a name."""

from __future__ import annotations

import pytest

from lyo_dr.decisions.common.subjects import MOST_CHARACTERS, subject_line

SUBJECTS = {
    "as it is": ("Service restored - api.lyo-booking.com", "Service restored - api.lyo-booking.com"),
    "accents": ("Störung in Zürich, déjà vu", "Storung in Zurich, deja vu"),
    "letters that decompose into nothing": ("Straße, smørrebrød, Łódź, œuvre", "Strasse, smorrebrod, Lodz, oeuvre"),
    "the typographer's": ("\u201cAPI\u201d \u2013 it\u2019s down\u2026", '"API" - it\'s down...'),
    "no spelling in ASCII": ("東京 is down", "?? is down"),
    "line ends": ("ACTION\r\nNEEDED:\n\nBcc: a@b", "ACTION NEEDED: Bcc: a@b"),
    "separators of Unicode": ("a\u2028b\u2029c\u0085d", "a b c d"),
    "control characters": ("a\x00b\x07c\x7fd\te", "a b c d e"),
    "begins with spaces": ("  \u00a0 late", "late"),
    "empty": ("", "Disaster recovery"),
    "nothing but line ends": ("\n\n", "Disaster recovery"),
    "too long": ("x" * 300, "x" * 96 + "..."),
    "just short enough": ("x" * 99, "x" * 99),
    "one too many": ("x" * 100, "x" * 96 + "..."),
    "longer by its spelling": ("ß" * 60, "s" * 96 + "..."),
}


@pytest.mark.parametrize(("text", "subject"), SUBJECTS.values(), ids=SUBJECTS)
def test_d3_a_subject_is_one_short_line_of_ascii(text: str, subject: str) -> None:
    assert subject_line(text) == subject


def test_d3_no_character_at_all_makes_a_subject_that_sns_refuses() -> None:
    for number in range(0x3000):
        line = subject_line(f"a{chr(number)}b{chr(number)}")
        assert line.isascii(), hex(number)
        assert line.isprintable(), hex(number)
        assert 0 < len(line) <= MOST_CHARACTERS, hex(number)
