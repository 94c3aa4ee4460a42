"""Subjects that SNS never refuses, whatever is in a name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lyo_dr.decisions.common.subjects import MOST_CHARACTERS, subject_line
from lyo_dr.decisions.rotation.issued_keys import key_to_revoke, key_wanted
from lyo_dr.model.issuer import KeyName
from lyo_dr.model.plan import IssuedKey, KeyTest

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


TAKEN_BY_SNS = re.compile(r"[!-~][ -~]{0,98}")
"""ASCII without control characters, a letter, digit or punctuation first, less than 100 characters (Publish)."""
ISSUERS = [
    "Zahlungsdienst \u2013 M\u00fcller & S\u00f6hne",
    "\u652f\u4ed8\r\nSubject: x",
    "\u202eevil",
    "\x1b[31m",
    "\u00e9" * 400,
    " ",
    "\u2013",
    "\U0001f642" * 60,
]


@pytest.mark.parametrize("issuer", ISSUERS)
def test_e6_whatever_an_issuer_is_called_people_are_asked_for_the_new_key(issuer: str) -> None:
    name = KeyName("app-secrets", "PAY_KEY")
    issued = IssuedKey(key="PAY_KEY", issuer=issuer, create="x", revoke="x", test=KeyTest(url="https://a.example"))
    for message in (*key_wanted(issued, name, "no key", "rotation-1"), *key_to_revoke(issued, name, "rotation-1")):
        assert TAKEN_BY_SNS.fullmatch(subject_line(message.subject))


@given(some.text(max_size=300))
def test_e6_whatever_becomes_a_subject_is_one_that_sns_takes(text: str) -> None:
    assert TAKEN_BY_SNS.fullmatch(subject_line(text))


def test_e6_every_message_is_sent_through_the_one_place_that_makes_subjects() -> None:
    """A second caller of ``publish`` would need the same care."""
    root = Path(__file__).parents[4] / "lambdas" / "lyo_dr"
    callers = [path for path in root.rglob("*.py") if "publish(" in path.read_text() and path.name != "sns.py"]
    assert [path.name for path in callers] == ["sender.py"]
    letters = [path.name for path in root.rglob("*.py") if "subject_line(" in path.read_text()]
    assert sorted(letters) == ["delivery.py", "subjects.py"]
    machines = Path(__file__).parents[4] / "state_machines"
    assert not [path for path in machines.glob("*.yaml") if "sns:publish" in path.read_text()]
