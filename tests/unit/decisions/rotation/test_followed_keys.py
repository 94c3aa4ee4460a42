"""Keys that follow: when they are brought, which, and into what text. Each rule with its twin that must not fire."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from lyo_dr.decisions.rotation.followed_keys import (
    PATIENCE,
    Situation,
    brought,
    differing,
    failed_again,
    has_settled,
    is_done,
    lasts,
    not_brought,
    replicated_by_aws,
    seen_again,
    summary,
    version_id,
    why_not_now,
    withheld,
)
from lyo_dr.errors import InvalidSecret
from lyo_dr.model.issuer import KeyName, Outstanding
from lyo_dr.model.rotation import Followed, FollowingFails, SourceSeen
from tests.unit.builders import IRELAND, NOON, OREGON, a_lease, at, first_day

GRACE = timedelta(hours=4)


def found(**changes: Any) -> Situation:
    """Oregon stands by, and nothing is in progress."""
    facts: dict[str, Any] = {"here": OREGON, "mine": first_day(), "theirs": first_day()}
    return Situation(**{**facts, "paused": None, "lease": None, "running": [], **changes})


BACK = first_day(active_region=OREGON, standby_region=IRELAND, epoch=2)
ALONE = first_day(active_region=OREGON, standby_region=None, epoch=1)

MAY = {
    "the first day": found(),
    "the lease was given back": found(lease=a_lease(released=True)),
    "its holder died a day ago": found(lease=a_lease(expires_at=at(-86_400))),
    "roles have changed, and both regions say so": found(here=IRELAND, mine=BACK, theirs=BACK),
}
MAY_NOT = {
    "the active region": (found(here=IRELAND), "eu-west-1 is not the standby"),
    "a neighbour that is neither": (found(here=IRELAND, mine=ALONE, theirs=ALONE), "eu-west-1 is not the standby"),
    "there has been a failover, of which only the peer knows": (
        found(theirs=ALONE),
        "the records of both regions differ (epochs 0 and 1)",
    ),
    "the peer has not heard of it": (found(mine=first_day(epoch=3)), "the records of both regions differ"),
    "paused": (found(paused="paused by ada: maintenance"), "the automation is paused by ada: maintenance"),
    "a rotation, a restore or a failover": (found(lease=a_lease()), f"{a_lease().holder} holds the lease"),
    "its holder may still renew it": (found(lease=a_lease(expires_at=at(-60))), f"{a_lease().holder} holds the lease"),
    "a breach, which holds no lease": (found(running=["breach-1"]), "breach-1 is running"),
}


@pytest.mark.parametrize("situation", MAY.values(), ids=MAY)
def test_keys_are_brought_while_nothing_is_in_progress(situation: Situation) -> None:
    assert why_not_now(situation, now=NOON, grace=GRACE) is None


@pytest.mark.parametrize(("situation", "why"), MAY_NOT.values(), ids=MAY_NOT)
def test_keys_are_not_brought(situation: Situation, why: str) -> None:
    assert (why_not_now(situation, now=NOON, grace=GRACE) or "").startswith(why)


@pytest.mark.parametrize(
    ("primary", "replicas", "theirs"),
    [
        (None, [], False),
        (OREGON, [], False),
        (OREGON, ["eu-central-1"], False),
        (IRELAND, [], True),
        (OREGON, [IRELAND], True),
        ("eu-central-1", [], True),
    ],
)
def test_what_secrets_manager_replicates_is_left_to_it(primary: str | None, replicas: list[str], theirs: bool) -> None:
    assert replicated_by_aws(primary, replicas, here=OREGON, peer=IRELAND) is theirs


OWN = '{ "A" : "old",\n  "URL":"postgres://here" }\n'
DIFFERENCES = {
    "nothing has changed": ({"A": "old", "B": "x"}, []),
    "one has": ({"A": "new"}, ["A"]),
    "one is new there": ({"A": "old", "NEW": "x"}, ["NEW"]),
    "it is gone there": ({}, []),
    "it is empty there": ({"A": ""}, []),
    "it is blank there": ({"A": " \n"}, []),
    "it is null there": ({"A": None}, []),
    "it is an empty object there": ({"A": {}}, []),
    "nobody has filled it there": ({"A": "to be filled at onboarding"}, []),
    "a number": ({"A": 0}, ["A"]),
    "what does not follow": ({"A": "old", "URL": "postgres://there"}, []),
}


@pytest.mark.parametrize(("source", "keys"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_which_keys_differ(source: dict[str, Any], keys: list[str]) -> None:
    assert differing(["A", "NEW"], json.dumps(source), OWN) == keys


def test_only_these_values_change_and_not_a_byte_more() -> None:
    source = json.dumps({"A": 'n"é', "URL": "postgres://there", "NEW": "x"})
    assert brought(["A"], source, OWN) == '{ "A" : "n\\"\\u00e9",\n  "URL":"postgres://here" }\n'
    assert brought(["NEW"], source, OWN) == '{ "A" : "old",\n  "URL":"postgres://here", "NEW": "x" }\n'
    assert json.loads(brought(["A", "NEW"], source, "{}")) == {"A": 'n"é', "NEW": "x"}


@pytest.mark.parametrize(
    ("source", "own"),
    [
        (None, OWN),
        ('{"A": "new"}', None),
        ("hunter2", OWN),
        ('{"A": "new"}', "hunter2"),
        ('["hunter2"]', OWN),
        ('{"A": "hunter2", "A": "new"}', OWN),
        ('{"A": "hunter2"', OWN),
    ],
)
def test_what_cannot_be_read_is_an_error_that_quotes_nothing(source: str | None, own: str | None) -> None:
    with pytest.raises(InvalidSecret) as refused:
        differing(["A"], source, own)
    assert "hunter2" not in str(refused.value)


def task(wanted: Any) -> Outstanding:
    return Outstanding(
        name=KeyName("app", "A"), issuer="OpenAI", wanted=wanted, incident="breach-1", since=NOON, sentence=""
    )


@pytest.mark.parametrize(
    ("tasks", "kept_back"),
    [
        ([None, None], False),
        ([None, task("new")], True),
        ([task("by_hand"), None], True),
        ([None, task("redeploy")], False),
        ([None, task("revoke")], False),
        ([task("nothing"), task("nothing")], False),
    ],
)
def test_a_key_that_is_outstanding_is_withheld_until_it_is_replaced(
    tasks: list[Outstanding | None], kept_back: bool
) -> None:
    assert withheld(tasks) is kept_back


def test_a_change_has_to_stand_for_a_while() -> None:
    after = timedelta(minutes=15)
    seen = seen_again(None, "one", NOON)
    assert not has_settled(seen, after, at(899))
    assert has_settled(seen_again(seen, "one", at(900)), after, at(900))


def test_a_change_of_the_change_begins_again() -> None:
    seen = seen_again(SourceSeen(version="one", since=NOON), "two", at(900))
    assert (seen.version, seen.since) == ("two", at(900))
    assert not has_settled(seen, timedelta(minutes=15), at(1799))


def test_a_plan_that_does_not_wait_does_not() -> None:
    assert has_settled(seen_again(None, "one", NOON), timedelta(0), NOON)


def test_the_id_of_a_version_says_what_it_was_made_of() -> None:
    known = version_id("app", "source-1", "own-1", ["A"])
    assert known == version_id("app", "source-1", "own-1", ["A"])
    assert 32 <= len(known) <= 64, "Secrets Manager API reference, PutSecretValue: ClientRequestToken"
    others = [("b", "source-1", "own-1", ["A"]), ("app", "source-2", "own-1", ["A"])]
    others += [("app", "source-1", "own-2", ["A"]), ("app", "source-1", "own-1", ["A", "B"])]
    assert known not in {version_id(*each) for each in others}


def test_a_failure_is_told_once_it_lasts() -> None:
    fails, told, now = None, [], NOON
    while now <= NOON + PATIENCE:
        fails = failed_again(fails, now)
        told.append(lasts(fails))
        now += timedelta(minutes=5)
    assert told == [*[False] * 12, True]
    assert fails is not None
    assert fails.since == NOON


def test_a_failure_long_ago_is_another_story() -> None:
    fails = failed_again(FollowingFails(since=at(-7_200), last=at(-3_600)), NOON)
    assert (fails.since, lasts(fails)) == (NOON, False)


def test_the_message_says_what_is_wrong_and_what_it_means() -> None:
    (message,) = not_brought(IRELAND, FollowingFails(since=at(-3_900), last=NOON), ["Keys of app: no answer"])
    assert message.audience == "responders"
    assert "Since 2026-03-29 10:55 UTC (1 h 5 min)" in message.text
    assert "- Keys of app: no answer" in message.text


def test_the_summary_is_the_worst() -> None:
    assert (summary({}), is_done({})) == ("same", True)
    done = {"a": Followed(status="same"), "b": Followed(status="brought")}
    assert (summary(done), is_done(done)) == ("brought", True)
    open_ = {"a": Followed(status="failed"), "b": Followed(status="brought")}
    assert (summary(open_), is_done(open_)) == ("failed", False)
