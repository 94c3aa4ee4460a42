"""What is sent next, what waits, and what is given up, by tables of situations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.decisions.common.endings import RESTORED as RESTORED_SUBJECT
from lyo_dr.decisions.common.endings import RESTORED_TEXT
from lyo_dr.decisions.communications.delivery import (
    CLAIM_FOR,
    MISSED_AFTER,
    OVERDUE_AFTER,
    Move,
    is_late,
    letter,
    next_move,
    overdue,
    retry_at,
    sent_sentence,
    unsent_sentence,
)
from lyo_dr.model.outbox import Milestone, QueuedMessage
from tests.unit.builders import at

NOW = at(0)


def a_message(name: str = "m", **changes: Any) -> QueuedMessage:
    given = {
        "incident": "one",
        "step": "AnnounceIncident",
        "audience": "stakeholders",
        "about": name,
        "subject": name,
        "text": f"text of {name}\n",
        "milestone": "",
        "written_at": at(-2),
    }
    return QueuedMessage(**{**given, **changes})


DISRUPTION = a_message("disruption", milestone="disruption", written_at=at(-62))
RESTORED = a_message("restored", milestone="restored", written_at=at(-3))
ENDED = a_message("ended", milestone="ended", written_at=at(-3))
OTHER = a_message("other", incident="two", milestone="restored", written_at=at(-5))
PLAIN = a_message("plain")
TOO_OLD = a_message("old", written_at=NOW - MISSED_AFTER)
CLAIMED = a_message("claimed", attempts=1, due_at=at(1))
DUE = a_message("due", attempts=2, due_at=NOW)
NOBODY: frozenset[Milestone] = frozenset()
TOLD: frozenset[Milestone] = frozenset({"disruption"})
OVER: frozenset[Milestone] = frozenset({"restored"})
GIVEN: frozenset[Milestone] = frozenset({"ended"})

MOVES: dict[str, tuple[list[QueuedMessage], frozenset[Milestone], Move | None]] = {
    "nothing waits": ([], NOBODY, None),
    "one waits": ([PLAIN], NOBODY, Move("send", PLAIN)),
    "the first one first": ([PLAIN, DUE], NOBODY, Move("send", PLAIN)),
    "an attempt is due": ([DUE], NOBODY, Move("send", DUE)),
    "another sender has it, and those behind it wait": ([CLAIMED, PLAIN], NOBODY, Move("wait", CLAIMED)),
    "a day old": ([TOO_OLD, PLAIN], NOBODY, Move("give_up", TOO_OLD)),
    "a day old, and never tried": ([msgspec.structs.replace(TOO_OLD, attempts=0)], NOBODY, Move("give_up", TOO_OLD)),
    "nearly a day old": ([msgspec.structs.replace(TOO_OLD, written_at=NOW - MISSED_AFTER + timedelta(seconds=1))],
                         NOBODY,
                         Move("send", msgspec.structs.replace(TOO_OLD,
                                                              written_at=NOW - MISSED_AFTER + timedelta(seconds=1)))),
    "a disruption goes on": ([DISRUPTION, PLAIN], NOBODY, Move("send", DISRUPTION)),
    "it is over before it was told": ([DISRUPTION, PLAIN, RESTORED], NOBODY, Move("send", RESTORED, DISRUPTION)),
    "another incident's is over": ([DISRUPTION, OTHER], NOBODY, Move("send", DISRUPTION)),
    "its end was told already": ([DISRUPTION], OVER, Move("drop", DISRUPTION)),
    "over, and its beginning was told": ([RESTORED], TOLD, Move("send", RESTORED)),
    "over, and nobody told its beginning": ([RESTORED], NOBODY, Move("send", RESTORED)),
    "given to people, and its beginning was told": ([ENDED], TOLD, Move("send", ENDED)),
    "given to people before its beginning was told": ([DISRUPTION, ENDED], NOBODY, Move("send", ENDED, DISRUPTION)),
    "given to people, and nobody heard of it": ([ENDED], NOBODY, Move("drop", ENDED)),
    "restored after it was given to people": ([RESTORED], TOLD | GIVEN, Move("send", RESTORED)),
    "given to people once more": ([ENDED], TOLD | GIVEN, Move("send", ENDED)),
}  # fmt: skip


@pytest.mark.parametrize(("waiting", "told", "move"), MOVES.values(), ids=MOVES)
def test_the_next_move(waiting: list[QueuedMessage], told: frozenset[Milestone], move: Move | None) -> None:
    assert next_move(waiting, told, NOW) == move


BOTH = "No earlier message about this disruption reached you"
LETTERS: dict[str, tuple[Move, frozenset[Milestone], bool, bool]] = {
    # the move, what was told, whether the text says both, whether it says that it is late
    "any message": (Move("send", PLAIN), NOBODY, False, False),
    "a disruption, late": (Move("send", DISRUPTION), NOBODY, False, True),
    "restored, and the disruption was told": (Move("send", RESTORED), TOLD, False, False),
    "restored, and the disruption is merged": (Move("send", RESTORED, DISRUPTION), NOBODY, True, False),
    "restored, and the disruption was never told": (Move("send", RESTORED), NOBODY, True, False),
    "given to people, and the disruption was told": (Move("send", ENDED), TOLD, False, False),
    "given to people, and the disruption is merged": (Move("send", ENDED, DISRUPTION), NOBODY, True, False),
}


@pytest.mark.parametrize(("move", "told", "both", "late"), LETTERS.values(), ids=LETTERS)
def test_a_letter_says_what_its_reader_cannot_know(
    move: Move, told: frozenset[Milestone], both: bool, late: bool
) -> None:
    text = letter(move, told, NOW).text
    assert text.startswith(f"text of {move.message.subject}\n")
    assert (BOTH in text, "sent 1 min 2 s later" in text) == (both, late)


@pytest.mark.parametrize(("told", "restored"), [(TOLD, True), (NOBODY, False)])
def test_who_never_heard_of_a_disruption_does_not_read_that_something_is_restored(
    told: frozenset[Milestone], restored: bool
) -> None:
    message = a_message(f"{RESTORED_SUBJECT} - x", milestone="restored")
    message = msgspec.structs.replace(message, text=f"{RESTORED_TEXT}\n\nResolved: now\n")
    sent = letter(Move("send", message), told, NOW)
    assert ("restored" in f"{sent.subject} {sent.text}".lower()) is restored
    assert "Resolved: now" in sent.text
    assert sent.subject == ("Service restored - x" if restored else "Service disruption is over - x")
    assert sent_sentence(message, NOW, sent.subject) == f"Notified stakeholders: {sent.subject}"


RETRIES = {
    "first": (1, False, 5),
    "second": (2, False, 10),
    "third": (3, False, 20),
    "fifth": (5, False, 60),
    "the hundredth": (100, False, 60),
    "refused once": (1, True, 5),
    "refused twice": (2, True, 10),
    "refused for good": (3, True, None),
}


@pytest.mark.parametrize(("attempts", "refused", "seconds"), RETRIES.values(), ids=RETRIES)
def test_when_it_is_tried_again(attempts: int, refused: bool, seconds: int | None) -> None:
    again = retry_at(a_message(attempts=attempts), refused=refused, now=NOW)
    assert again == (None if seconds is None else at(seconds))


@pytest.mark.parametrize(
    ("age", "sentence"),
    [
        (0, "Notified stakeholders: m"),
        (9.9, "Notified stakeholders: m"),
        (10, "Notified stakeholders 10 s late: m"),
        (62, "Notified stakeholders 1 min 2 s late: m"),
    ],
)
def test_the_timeline_says_how_late_a_message_was(age: float, sentence: str) -> None:
    message = a_message(written_at=at(-age))
    assert sent_sentence(message, NOW) == sentence
    assert is_late(message, NOW) is (age >= 10)


def test_the_timeline_says_why_a_message_is_not_sent_any_more() -> None:
    missed, dropped = unsent_sentence(Move("give_up", TOO_OLD)), unsent_sentence(Move("drop", DISRUPTION))
    unheard = unsent_sentence(Move("drop", ENDED))
    assert unheard == "Not sent to stakeholders, who were told of no disruption: ended"
    assert missed == "Could not notify stakeholders within 24 h, given up: old"
    assert dropped == "Not sent to stakeholders any more, the restoration was told before: disruption"


def test_overdue_is_what_waits_for_minutes() -> None:
    fresh, old = a_message(written_at=NOW - OVERDUE_AFTER + timedelta(seconds=1)), a_message(written_at=at(-300))
    assert (overdue([], NOW), overdue([fresh], NOW), overdue([fresh, old, TOO_OLD], NOW)) == (0, 0, 2)


def test_a_claim_outlasts_the_sender() -> None:
    assert timedelta(seconds=80) < CLAIM_FOR, "the timeout in stacks/communications.py"
