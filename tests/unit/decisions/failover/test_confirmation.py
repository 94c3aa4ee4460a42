"""The second look, and what a fence says."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from lyo_dr.decisions.failover.confirmation import confirm, rules_of_second_look
from lyo_dr.decisions.failover.fencing import judge_fence
from lyo_dr.decisions.failover.triage import Rules, triage
from lyo_dr.model.consent import Consent
from lyo_dr.model.facts import Sample
from lyo_dr.model.verdict import Triage
from tests.plans import lyo_plan
from tests.unit.builders import IRELAND, NOON, a_look, at, observers

Finding = Literal["region_lost", "service_broken", "cut_off", "recovered", "unclear"]


def look(finding: Finding, sentence: str = "Nothing is promoted: it answers; a person has to investigate") -> Triage:
    decision: Any = "act" if finding == "region_lost" else "held"
    return Triage(finding=finding, decision=decision, sentence=sentence, evidence=[])


WAYS: list[tuple[Finding, str | None, str]] = [
    ("region_lost", None, "fence"),
    ("region_lost", "answered", "recover"),
    ("region_lost", "unknown", "recover"),
    ("service_broken", None, "call_off"),
    ("service_broken", "unknown", "lift_fence"),
    ("service_broken", "answered", "lift_fence"),
    ("cut_off", None, "call_off"),
    ("cut_off", "answered", "lift_fence"),
    ("recovered", None, "call_off"),
    ("recovered", "answered", "lift_fence"),
    ("unclear", None, "call_off"),
    ("unclear", "answered", "lift_fence"),
]


@pytest.mark.parametrize(("finding", "fence", "way"), WAYS)
def test_only_a_region_that_is_still_lost_is_left_behind(finding: Finding, fence: str | None, way: str) -> None:
    assert confirm(look(finding), fence=fence).next == way


def test_the_reason_is_said_without_promising_another_look() -> None:
    verdict = confirm(look("service_broken", "Not confirmed: the app answers; checking again"), fence=None)
    assert verdict.sentence == "Called off, nothing was changed: the app answers"
    verdict = confirm(look("unclear", "the replica is silent"), fence="answered")
    assert verdict.sentence == "Lifting the fence, nothing is promoted: the replica is silent"


def test_a_fence_that_stopped_something_was_answered() -> None:
    verdict = judge_fence("eu-west-1", ["assistant"], [])
    assert (verdict.status, verdict.sentence) == ("answered", "eu-west-1 answered; stopped assistant")


def test_a_fence_that_stopped_a_part_says_what_is_missing() -> None:
    verdict = judge_fence("eu-west-1", ["assistant"], ["worker: no answer"])
    assert verdict.sentence == "eu-west-1 answered; stopped assistant; not confirmed: worker: no answer"


def test_silence_is_unknown_and_neither_fenced_nor_failed() -> None:
    verdict = judge_fence("eu-west-1", [], ["describing: no answer", "no time left for worker"])
    assert verdict.status == "unknown"
    assert verdict.sentence == "eu-west-1 could not be fenced (describing: no answer); veto and latch protect"


def test_a_refusal_is_an_answer_too() -> None:
    verdict = judge_fence("eu-west-1", [], ["access denied"], heard=True)
    assert verdict.status == "answered"
    assert verdict.sentence == "eu-west-1 answered, but nothing could be stopped (access denied)"


def test_a_plan_without_a_service_has_nothing_to_fence() -> None:
    assert judge_fence("eu-west-1", [], []).sentence == (
        "eu-west-1 could not be fenced (there is nothing to fence); veto and latch protect"
    )


CONSENTED: list[tuple[Finding, Finding, bool, str]] = [
    # what a person saw, what is seen now, whether the replica hears its primary, what comes next
    ("cut_off", "cut_off", False, "fence"),
    ("unclear", "unclear", False, "fence"),
    ("cut_off", "region_lost", False, "fence"),
    ("region_lost", "region_lost", False, "fence"),
    ("cut_off", "unclear", False, "call_off"),
    ("region_lost", "cut_off", False, "call_off"),
    ("service_broken", "service_broken", False, "call_off"),
    ("cut_off", "recovered", False, "call_off"),
    ("cut_off", "cut_off", True, "call_off"),
    ("region_lost", "region_lost", True, "call_off"),
]


@pytest.mark.parametrize(("seen", "now", "heard", "way"), CONSENTED)
def test_a_consent_carries_the_doubt_a_person_saw_and_no_other_and_never_a_region_that_lives(
    seen: Finding, now: Finding, heard: bool, way: str
) -> None:
    consent = Consent(facts="0123456789ab", finding=seen, by="ada")
    assert confirm(look(now), fence=None, consent=consent, heard=heard).next == way


def test_going_on_by_consent_names_the_person_and_the_doubt() -> None:
    consent = Consent(facts="0123456789ab", finding="cut_off", by="ada")
    verdict = confirm(look("cut_off", "we may be cut off"), fence="unknown", consent=consent)
    assert (verdict.next, verdict.sentence) == ("recover", "ada approved although we may be cut off")


def second_look(samples: list[Sample], *, consent: Consent | None = None) -> Triage:
    """A minute after the incident was opened, of which nobody saw the middle; the plan asks for 150 s."""
    rules = rules_of_second_look(Rules.of(lyo_plan(), 15), opened_at=at(-60), now=NOON, consent=consent)
    return triage(observers(samples=samples), region=IRELAND, rules=rules, now=NOON, look_until=NOON)


BEFORE = [a_look(ago) for ago in range(60, 240, 10)]
CONSENT = Consent(by="ana", finding="unclear", facts="x")


def test_what_a_throttled_incident_could_not_look_at_does_not_end_the_agreement_it_began_with() -> None:
    assert second_look([*BEFORE, a_look(5)]).finding == "region_lost"


@pytest.mark.parametrize(
    ("samples", "consent"),
    [
        ([*BEFORE, a_look(20, witness=True), a_look(5)], None),
        ([*BEFORE, a_look(1, heard_at=at(-12))], None),
        ([a_look(ago) for ago in range(90, 270, 10)] + [a_look(5)], None),
        ([*BEFORE, a_look(5)], CONSENT),
    ],
    ids=["it answered in between", "a replica heard it in between", "nobody looked before it", "a person was asked"],
)
def test_its_twins_what_lived_or_went_unseen_for_longer_does(samples: list[Sample], consent: Consent | None) -> None:
    assert second_look(samples, consent=consent).finding == "unclear"
