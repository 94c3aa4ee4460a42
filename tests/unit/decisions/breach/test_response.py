"""What is done about a breach, by severity, policy and a person's word; and how it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.decisions.breach.messages import breach_assessed, breach_opened, drafts_of, within_reach
from lyo_dr.decisions.breach.response import GDPR, BreachDecision, acted, conclude, judge_breach, parts_of
from lyo_dr.errors import BadSignal
from lyo_dr.model.breach import Access
from lyo_dr.model.consent import Consent
from lyo_dr.model.issuer import KeyName
from lyo_dr.model.plan import Plan
from lyo_dr.model.verdict import Outcome
from tests.plans import lyo_plan
from tests.unit.breaches import INTRUDER, SECRET, a_breach, a_breach_signal, automatic, with_breach
from tests.unit.builders import NOON, at

PLAN = lyo_plan()


def judged(plan: Plan = PLAN, consent: Consent | None = None, **changes: Any) -> BreachDecision:
    return judge_breach(plan, a_breach(), a_breach_signal(**changes), consent)


@pytest.mark.parametrize(
    ("plan", "severity", "status", "gate"),
    [
        (PLAN, 8.0, "ask", "ask"),
        (PLAN, 7.0, "ask", "ask"),
        (PLAN, 6.9, "observe", "closed"),
        (PLAN, 0.0, "observe", "closed"),
        (automatic(PLAN), 8.0, "act", "open"),
        (automatic(PLAN), 7.0, "act", "open"),
        (automatic(PLAN), 6.9, "observe", "closed"),
    ],
)
def test_severity_and_policy_decide(plan: Plan, severity: float, status: str, gate: str) -> None:
    course = judged(plan, severity=severity)
    assert (course.status, course.gate.status) == (status, gate)


def test_must_not_fire_a_light_finding_blocks_and_rotates_nothing_whatever_it_names() -> None:
    course = judged(automatic(PLAN), severity=2.0)
    assert course.block == []
    assert "evidence preserved and people notified, nothing blocked or rotated" in course.sentence


def test_must_not_fire_a_finding_about_our_own_range_blocks_nobody() -> None:
    course = judged(addresses=["198.51.100.10"])
    assert course.block == []
    assert course.refused == ["198.51.100.10 is not blocked: 198.51.100.0/24 is protected"]


def test_what_is_rotated_is_the_plans_own_and_what_only_an_issuer_renews_is_outstanding() -> None:
    course = judged(secrets=[SECRET, "openai"])
    assert (course.rotate, course.outstanding) == ([SECRET], ["openai"])
    assert not judged(with_breach(PLAN, secrets=[])).rotates


def test_keys_only_an_issuer_can_change_are_asked_for_with_the_secret_that_holds_them() -> None:
    course = judged()
    keys = [KeyName(SECRET, key) for key in ("OPENAI_API_KEY", "WHATSAPP_ACCESS_TOKEN", "GOOGLE_API_KEY")]
    assert course.keys == keys
    assert "ask for a new OPENAI_API_KEY" in course.gate.blockers[0]
    ended = conclude(course, {"answer": "approved"}, [])
    assert isinstance(ended, Outcome)
    assert ended.sentence.endswith(f"requested from their issuers ({', '.join(map(str, keys))})")


def test_must_not_fire_keys_of_a_secret_nobody_suspects_are_left_alone() -> None:
    course = judged(with_breach(PLAN, secrets=[]))
    assert (course.keys, course.rotates) == ([], False)


def test_a_consent_counts_for_the_facts_that_were_shown() -> None:
    asked = judged()
    consent = Consent(facts=asked.gate.facts, finding="breach", by="ada")
    assert judged(consent=consent).status == "act"
    assert "ada approved" in judged(consent=consent).sentence
    assert judged(consent=consent, addresses=["203.0.113.8"]).status == "ask"


def test_the_clock_of_the_authority_begins_with_the_earlier_moment() -> None:
    assert timedelta(hours=72) == GDPR
    assert judged().deadline == NOON + GDPR
    assert judge_breach(PLAN, a_breach(opened_at=at(-60)), a_breach_signal(), None).deadline == at(-60) + GDPR


def test_a_plan_without_the_part_refuses_in_a_sentence() -> None:
    with pytest.raises(BadSignal, match="no section breach"):
        judged(msgspec.structs.replace(PLAN, breach=None))


def test_the_first_message_goes_to_both_with_the_deadline_and_no_secret() -> None:
    legal, responders = breach_opened(PLAN, a_breach(), judged())
    assert (legal.audience, responders.audience) == ("legal", "responders")
    for message in (legal, responders):
        assert "2026-04-01 12:00 UTC" in message.text
        assert INTRUDER in message.text
        assert len(message.subject) <= 100


DONE = {"part": "block", "status": "done", "sentence": "blocked"}
FAILED = {"part": "sessions", "error": {"Error": "AccessDenied", "Cause": '{"errorMessage": "no", "errorType": "X"}'}}
YES = {"answer": "approved", "sentence": "ada approved"}


def test_everything_done_and_proven_is_contained() -> None:
    ended = conclude(judged(automatic(PLAN)), None, parts_of({"at_once": [DONE], "proof": DONE}))
    assert isinstance(ended, Outcome)
    left = f"REDIS_URL of {SECRET} is outstanding: nothing rotates it"
    assert (ended.ending, ended.reasons) == ("contained", ["blocked", "blocked", left])


def test_contained_is_not_said_of_keys_that_nothing_rotates() -> None:
    course = judged(automatic(PLAN))
    assert course.by_hand == [KeyName(SECRET, "REDIS_URL")]
    assert f"nothing rotates REDIS_URL of {SECRET}: a person has to replace it" in course.evidence
    ended = conclude(course, None, [])
    assert isinstance(ended, Outcome)
    assert ended.sentence.startswith(f"The breach is contained except for REDIS_URL of {SECRET}, which a person has to")


def test_the_twin_where_every_key_is_rotated_or_asked_for_nothing_is_excepted() -> None:
    cache = {"name": "sessions", "secret": SECRET, "key": "REDIS_URL", "groups": {"eu-west-1": "a", "us-west-2": "b"}}
    course = judged(automatic(lyo_plan(caches=[cache])))
    assert course.by_hand == []
    ended = conclude(course, None, [])
    assert isinstance(ended, Outcome)
    assert ended.sentence.startswith("The breach is contained: the planned secrets were rotated")


@pytest.mark.parametrize(("severity", "consent"), [(1.0, None), (8.0, {"answer": "declined", "sentence": "no"})])
def test_the_twin_of_a_breach_that_was_not_answered_no_key_is_outstanding(severity: float, consent: Any) -> None:
    course = judged(severity=severity)
    assert not acted(course, consent)
    ended = conclude(course, consent, [])
    assert isinstance(ended, Outcome)
    assert not any("outstanding" in reason for reason in ended.reasons)


def test_a_login_that_cannot_alternate_is_a_key_that_nothing_rotates() -> None:
    plan = lyo_plan(databases__0__app_roles=["lyo_app"])
    assert judged(plan).by_hand == [KeyName(SECRET, "DATABASE_URL"), KeyName(SECRET, "REDIS_URL")]


def test_fault_51_a_part_that_failed_is_named_and_the_end_is_no_good_one() -> None:
    ended = conclude(judged(), YES, parts_of({"at_once": [DONE], "contained": [FAILED]}))
    assert isinstance(ended, str)
    assert "sessions: AccessDenied: no" in ended


@pytest.mark.parametrize("answer", ["declined", "expired", "not_asked"])
def test_without_a_yes_it_is_held_and_the_block_stays(answer: str) -> None:
    ended = conclude(judged(), {"answer": answer, "sentence": "x"}, parts_of({"at_once": [DONE]}))
    assert isinstance(ended, Outcome)
    assert ended.ending == "held"
    assert "blocked addresses stay blocked" in ended.sentence


def test_a_light_finding_ends_as_stood_down() -> None:
    ended = conclude(judged(severity=1.0), None, [])
    assert isinstance(ended, Outcome)
    assert ended.ending == "stood_down"


def access(**changes: Any) -> Access:
    facts: dict[str, Any] = {"database": "bookings", "readable": {"lyo_app": ["lyo_users", "prices"]}}
    return Access(**{**facts, **changes})


def test_what_a_login_could_read_decides_what_is_drafted() -> None:
    assert within_reach(PLAN, [access()]) == [("lyo_users", "names and e-mail addresses")]
    drafts = drafts_of(PLAN, a_breach(), judged(), [access()], parts_of({"at_once": [DONE], "contained": [FAILED]}))
    assert set(drafts) == {"authority", "customers"}
    assert "lyo_users: names and e-mail addresses" in drafts["authority"]
    assert "prices" not in drafts["authority"]
    assert "Measures taken:\n- blocked\nMeasures still open:\n- AccessDenied: no\n" in drafts["authority"]
    assert "We have replaced the affected credentials" not in drafts["customers"], "a draft promises nothing"
    messages = breach_assessed(PLAN, a_breach(), judged(), drafts)
    assert {m.audience for m in messages} == {"legal"}
    assert all("It has not been sent" in m.text for m in messages)


def test_the_twin_a_login_without_personal_data_drafts_nothing() -> None:
    assert drafts_of(PLAN, a_breach(), judged(), [access(readable={"lyo_app": ["prices"]})], []) == {}
    (message,) = breach_assessed(PLAN, a_breach(), judged(), {})
    assert "could not read any table with personal data" in message.text


def test_a_database_that_does_not_answer_counts_as_read() -> None:
    assert len(within_reach(PLAN, [access(error="DatabaseUnreachable", readable={})])) == 3
