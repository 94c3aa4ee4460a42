"""What an issuer's answer means, what a person is told, and how a rotation with keys ends."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.decisions.rotation.issued_keys import (
    fit_key,
    header_of,
    judged,
    key_to_revoke,
    key_wanted,
    revoked,
    rotation_ended,
    same_as_before,
)
from lyo_dr.decisions.rotation.opening import choose_scope, left_as_they_are
from lyo_dr.errors import InvalidSecret
from lyo_dr.model.issuer import KeyName, KeyTry, Outstanding, Replaced
from lyo_dr.model.plan import IssuedKey, KeyTest, Plan, Secret
from lyo_dr.model.rotation import Rotation, RotationRequest
from tests.plans import lyo_plan
from tests.unit.builders import IRELAND, NOON, OREGON, a_deadline

NAME = KeyName("app-secrets", "GOOGLE_API_KEY")
ISSUED = IssuedKey(
    key="GOOGLE_API_KEY",
    issuer="Google",
    create="Create a key at https://console.example.com",
    revoke="Delete the former one at https://console.example.com.",
    test=KeyTest(url="https://api.example.com/ping", header="x-goog-api-key: {key}", refused=[400, 403]),
)


@pytest.mark.parametrize(
    ("answer", "status", "sentence"),
    [
        (KeyTry(status=200), "accepted", "Google accepts the new key"),
        (KeyTry(status=400), "refused", "refuses the new key (status 400); the current key stays"),
        (KeyTry(status=403), "refused", "refuses the new key (status 403); the current key stays"),
        (KeyTry(status=429), "unclear", "neither accepts nor refuses the new key (status 429)"),
        (KeyTry(status=500), "unclear", "neither accepts nor refuses the new key (status 500)"),
        (KeyTry(status=302), "unclear", "neither accepts nor refuses the new key (status 302)"),
        (KeyTry(error="TimeoutError"), "unclear", "neither accepts nor refuses the new key (TimeoutError)"),
    ],
)
def test_only_a_plain_yes_of_the_issuer_is_a_yes(answer: KeyTry, status: str, sentence: str) -> None:
    verdict = judged(NAME, ISSUED, "v9", answer)
    assert verdict.status == status
    assert sentence in verdict.sentence


def proof(*answers: KeyTry, after: float = 10) -> Any:
    return revoked(NAME, ISSUED, list(answers), deadline=a_deadline(timedelta(minutes=10), spent=after))


@pytest.mark.parametrize(
    ("answers", "after", "status", "sentence"),
    [
        ([KeyTry(status=403)], 10, "ready", "Google refuses the former key"),
        ([KeyTry(status=200)], 10, "pending", "still valid at the issuer: revoke it there (Google)"),
        ([KeyTry(status=200)], 601, "broken", "revoke it there (Google); it stays outstanding"),
        ([KeyTry(status=403), KeyTry(status=200)], 10, "pending", "still valid at the issuer"),
        ([KeyTry(error="TimeoutError")], 10, "pending", "neither accepts nor refuses the former key (TimeoutError)"),
        ([KeyTry(status=500)], 601, "broken", "(status 500); it stays outstanding"),
        ([], 10, "ready", "was not tested; verify it at Google"),
    ],
)
def test_a_former_key_is_dead_when_its_issuer_says_so(
    answers: list[KeyTry], after: float, status: str, sentence: str
) -> None:
    verdict = proof(*answers, after=after)
    assert verdict.status == status
    assert sentence in verdict.sentence


def test_the_key_goes_where_the_header_says() -> None:
    assert header_of(ISSUED.test, "k") == ("x-goog-api-key", "k")
    assert header_of(KeyTest(url="https://x.example"), "k") == ("Authorization", "Bearer k")


@pytest.mark.parametrize(
    "value", [None, 7, "", "short", "with space-in-it", "line\nbreak-in-it", "ümlaut-in-it", "x" * 5000]
)
def test_what_cannot_be_a_key_is_refused_and_not_quoted(value: object) -> None:
    with pytest.raises(InvalidSecret) as refused:
        fit_key(value)
    assert not isinstance(value, str) or not value or value not in str(refused.value)


def test_a_person_reads_exactly_what_to_do_and_in_which_order() -> None:
    [message] = key_wanted(ISSUED, NAME, "a new one is needed", "breach-1")
    assert message.audience == "responders"
    assert len(message.subject) < 100
    steps = ["1. Create a key at https://console.example.com.", "lyo-dr hand-over app-secrets GOOGLE_API_KEY"]
    steps += ["3. Revoke the former key only after you are notified", "stays outstanding on breach-1"]
    places = [message.text.index(step) for step in steps]
    assert places == sorted(places)


def test_revoking_is_asked_for_apart_and_says_how_it_is_tried_again() -> None:
    [message] = key_to_revoke(ISSUED, NAME, "rotation-1")
    assert "Delete the former one at https://console.example.com.\n" in message.text
    assert "lyo-dr rotate --key GOOGLE_API_KEY" in message.text


def a_rotation(*secrets: str) -> Rotation:
    return Rotation(
        id="rotation-1", epoch=1, region=IRELAND, standby=OREGON, secrets=list(secrets), opened_at=NOON, keys=[NAME]
    )


def became(status: Any) -> list[Replaced]:
    return [Replaced(status=status, name=NAME, sentence="")]


@pytest.mark.parametrize(
    ("secrets", "keys", "outstanding", "ending", "sentence"),
    [
        (["a"], became("outstanding"), [str(NAME)], "rotated", "Rotated: a in .*; outstanding: GOOGLE_API_KEY of app"),
        ([], became("outstanding"), [str(NAME)], "outstanding", "^Nothing was rotated; outstanding: GOOGLE_API_KEY"),
        ([], became("taken"), [], "rotated", "^Rotated: GOOGLE_API_KEY of app-secrets in eu-west-1 and us-west-2"),
        ([], became("taken"), [str(NAME)], "rotated", "after 2 s; outstanding: GOOGLE_API_KEY of app-secrets$"),
        ([], became("revoking"), [], "rotated", "^Nothing outstanding any more"),
    ],
)
def test_the_last_sentence_says_what_was_done_and_what_is_left(
    secrets: list[str], keys: list[Replaced], outstanding: list[str], ending: str, sentence: str
) -> None:
    found = rotation_ended(a_rotation(*secrets), keys, outstanding, [], 2.0)
    assert found[0] == ending
    assert re.search(sentence, found[1])


REDIS, LOGIN = KeyName("app-secrets", "REDIS_URL"), KeyName("app-secrets", "DATABASE_URL")


def test_other_keys_of_the_same_secret_are_said_to_be_as_they_were() -> None:
    _, sentence = rotation_ended(a_rotation("app-secrets"), [], [], [REDIS, NAME], 2.0)
    assert sentence.endswith("; left as they are: REDIS_URL, GOOGLE_API_KEY of app-secrets")


def a_plan() -> Plan:
    keys = ["DATABASE_URL", "REDIS_URL", "GOOGLE_API_KEY"]
    issued = [msgspec.structs.replace(ISSUED, key="GOOGLE_API_KEY")]
    secret = Secret(name="app-secrets", keys=keys, issued=issued)
    return msgspec.structs.replace(lyo_plan(), secrets=[secret])


@pytest.mark.parametrize(
    ("order", "by_hand", "left"),
    [
        (RotationRequest(), [REDIS], []),
        (RotationRequest(secrets=["app-secrets"]), [], [REDIS, NAME]),
        (RotationRequest(keys=[NAME]), [], []),
        (RotationRequest(secrets=["app-secrets"], keys=[NAME]), [], [REDIS]),
    ],
    ids=["everything", "a login", "a key", "both"],
)
def test_each_key_is_rotated_asked_for_outstanding_or_named_as_left(
    order: RotationRequest, by_hand: list[KeyName], left: list[KeyName]
) -> None:
    plan = a_plan()
    scope = choose_scope(plan, order)
    assert scope.by_hand == by_hand
    rotation = msgspec.structs.replace(a_rotation(*scope.logins), keys=scope.keys, by_hand=scope.by_hand)
    assert left_as_they_are(plan, rotation) == left
    if scope.logins:
        assert {*by_hand, *left, *scope.keys, LOGIN} == {LOGIN, REDIS, NAME}


def outstanding(wanted: Any) -> Outstanding:
    return Outstanding(name=NAME, issuer="Google", wanted=wanted, incident="i", since=NOON, sentence="s")


@pytest.mark.parametrize("before", [None, outstanding("new"), outstanding("nothing")])
def test_the_key_in_use_handed_over_again_is_no_new_one(before: Outstanding | None) -> None:
    verdict = same_as_before(NAME, before, equal=True)
    assert verdict is not None
    assert (verdict.status, "a new key is needed" in verdict.sentence) == ("refused", True)


@pytest.mark.parametrize(
    ("before", "equal"), [(None, False), (outstanding("redeploy"), True), (outstanding("revoke"), True)]
)
def test_must_not_fire_another_key_and_one_that_was_taken_already_pass(before: Any, equal: bool) -> None:
    assert same_as_before(NAME, before, equal=equal) is None
