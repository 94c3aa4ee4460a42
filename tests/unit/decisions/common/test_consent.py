"""What a person is asked, and which answers count."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lyo_dr.decisions.common.consent import check_answer, check_loss_covered, facts_hash, frame, stated_loss
from lyo_dr.decisions.failover.gate import GateInputs, check_gate
from lyo_dr.model.consent import Consent, Question
from lyo_dr.model.verdict import Gate
from tests.plans import lyo_plan
from tests.unit.builders import NOON, an_incident, an_instance, at, given_replica, serving


def a_gate(silent_for: float = 1380.0, **around: Any) -> Gate:
    """A gate at which 23 minutes of work are at stake; read when the replica had long been silent."""
    reading = given_replica(silent_for=silent_for, read_at=at(600))
    return check_gate(lyo_plan(), an_incident(), [reading], {"bookings": an_instance()}, GateInputs(**around))


def a_question(gate: Gate | None = None, **changes: Any) -> Question:
    found = frame(lyo_plan(), an_incident(), gate or a_gate(), ["app did not respond (TimeoutError)"], NOON)
    return msgspec.structs.replace(found, **changes)


def test_the_question_says_the_number_why_what_was_seen_and_what_nobody_can_take_back() -> None:
    question = a_question()
    assert stated_loss(question) == "23 min of work"
    assert question.blockers == ["up to 23 min of work would be lost, more than the RPO of 15 min"]
    assert question.evidence == ["app did not respond (TimeoutError)"]
    assert question.irrevocable[0] == "bookings in us-west-2 is promoted and never replicates from eu-west-1 again"
    assert (question.expires_at - question.asked_at) == lyo_plan().budgets.consent


def test_the_hash_is_short_and_changes_with_everything_that_is_shown() -> None:
    ours = an_incident()
    same = facts_hash(ours, "region_lost", 2.0, ["a", "b"])
    assert len(same) == 12
    assert same == facts_hash(an_incident(), "region_lost", 2.04, ["b", "a"]), "a tenth of a second, in any order"
    others = {
        facts_hash(an_incident(id="another"), "region_lost", 2.0, ["a", "b"]),
        facts_hash(ours, "cut_off", 2.0, ["a", "b"]),
        facts_hash(ours, "region_lost", 2.1, ["a", "b"]),
        facts_hash(ours, "region_lost", None, ["a", "b"]),
        facts_hash(ours, "region_lost", 2.0, ["a"]),
    }
    assert len(others) == 5
    assert same not in others


def test_an_incident_taken_up_again_has_another_epoch_and_the_same_hash_for_the_same_facts() -> None:
    first = facts_hash(an_incident(), "region_lost", 2.0, ["a"])
    assert first == facts_hash(an_incident(epoch=2, execution="again-2"), "region_lost", 2.0, ["a"])


def test_a_consent_opens_the_gate_for_the_very_facts_that_were_shown() -> None:
    asked = a_gate()
    given = Consent(facts=asked.facts, finding="region_lost", by="ada")
    again = a_gate(consent=given)
    assert again.status == "open"
    assert again.sentence == f"ada approved {asked.facts}: {asked.blockers[0]}"


def test_changed_facts_are_asked_about_again() -> None:
    given = Consent(facts=a_gate().facts, finding="region_lost", by="ada")
    worse = a_gate(silent_for=2000, consent=given)
    assert worse.status == "ask"
    assert worse.sentence.startswith(f"The facts are no longer those ada approved ({given.facts}): Approval needed")
    doubtful = a_gate(consent=given, doubt="we may be cut off")
    assert doubtful.status == "ask"


def test_no_consent_opens_the_gate_to_a_region_that_is_back() -> None:
    given = Consent(facts=a_gate().facts, finding="region_lost", by="ada")
    back = a_gate(consent=given, returned="eu-west-1 serves reads and writes again")
    assert (back.status, back.blockers[0]) == ("closed", "eu-west-1 serves reads and writes again")
    hears = check_gate(
        lyo_plan(),
        an_incident(),
        [given_replica(silent_for=1)],
        {"bookings": an_instance()},
        GateInputs(consent=given),
    )
    assert hears.blockers == ["database bookings: its replica receives fresh heartbeats, so its primary is up"]
    assert serving().ready


ASKED: dict[str, tuple[dict[str, Any], str]] = {
    "the observers differ": ({"doubt": "we may be cut off"}, "the observers are inconclusive: we may be cut off"),
    "too soon after another": (
        {"cooldown": "X ended in a recovery"},
        "still in cooldown: X ended in a recovery",
    ),
    "nobody stands by": (
        {"standby_on_record": False},
        "no standby is on record, so it is not confirmed that us-west-2 may take over",
    ),
}


@pytest.mark.parametrize(("around", "blocker"), ASKED.values(), ids=ASKED.keys())
def test_what_is_a_matter_of_judgement_is_asked(around: dict[str, Any], blocker: str) -> None:
    verdict = a_gate(silent_for=2, **around)
    assert (verdict.status, verdict.blockers) == ("ask", [blocker])
    assert a_gate(silent_for=2).status == "open", "the twin"


def test_facts_and_judgement_together_are_closed_with_every_sentence() -> None:
    verdict = check_gate(lyo_plan(), an_incident(), [], {}, GateInputs(doubt="we may be cut off"))
    assert verdict.status == "closed"
    assert len(verdict.blockers) == 3


COUNTS_NOT: dict[str, tuple[dict[str, Any], str, float, int, str]] = {
    "declined before": ({"standing": "declined", "by": "ada"}, "", 5, 409, "already answered: declined by ada"),
    "approved before": ({"standing": "approved", "by": "ada"}, "", 5, 409, "already answered: approved by ada"),
    "too late": ({}, "", 1800, 410, "expired unanswered at 12:30:00 UTC"),
    "ended": ({"standing": "expired"}, "", 5, 410, "unanswered"),
    "other facts": ({}, "0123456789ab", 5, 409, "for other facts (0123456789ab)"),
    "no hash at all": ({}, "<script>", 5, 409, "for other facts (not a hash)"),
}


@pytest.mark.parametrize(
    ("changes", "facts", "seconds", "status", "sentence"), COUNTS_NOT.values(), ids=COUNTS_NOT.keys()
)
def test_an_answer_that_does_not_count(
    changes: dict[str, Any], facts: str, seconds: float, status: int, sentence: str
) -> None:
    question = a_question(**changes)
    ruling = check_answer(question, facts or question.facts, at(seconds))
    assert ruling is not None
    assert (ruling.counts, ruling.status) == (False, status)
    assert sentence in ruling.sentence


def test_an_answer_in_time_to_the_facts_that_were_shown_counts() -> None:
    question = a_question()
    assert check_answer(question, question.facts, at(1799)) is None
    nothing = check_answer(None, "", NOON)
    assert nothing is not None
    assert nothing.status == 404


@pytest.mark.parametrize("accepted", ["PT23M", "PT1H", "P1D"])
def test_a_loss_that_is_covered_is_accepted(accepted: str) -> None:
    assert check_loss_covered(a_question(), accepted) is None


@pytest.mark.parametrize("accepted", ["", "PT22M59S", "23", "23 min", "unknown", "PT", "-PT1H", "P" + "9" * 30 + "D"])
def test_a_loss_that_is_not_covered_is_not(accepted: str) -> None:
    ruling = check_loss_covered(a_question(), accepted)
    assert ruling is not None
    assert ruling.status == 422
    assert "up to 23 min of work would be lost" in ruling.sentence


def test_an_unknown_loss_needs_the_word_and_a_number_does_not_do() -> None:
    unknown = a_question(loss_ms=None)
    assert check_loss_covered(unknown, "unknown") is None
    assert check_loss_covered(unknown, "PT23M") is not None


def test_a_loss_within_the_rpo_needs_no_word() -> None:
    assert check_loss_covered(a_question(a_gate(silent_for=2, doubt="cut off")), "") is None
