"""Triage as a table of situations: what fires, and everything that must not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lyo_dr.decisions.common.agreement import fresh
from lyo_dr.decisions.failover.triage import Rules, triage
from lyo_dr.model.durations import humanize
from lyo_dr.model.facts import Facts
from lyo_dr.model.verdict import Triage
from tests.plans import lyo_plan
from tests.unit.builders import (
    IRELAND,
    NOON,
    OREGON,
    a_look,
    a_probe,
    at,
    given_replica,
    observers,
    serving,
    silent_looks,
    unread_replica,
)

LOST = (
    f"{IRELAND} is down: its app and AWS endpoint have not responded for 4 min 55 s, other regions respond, "
    "no replica receives WAL"
)
RULES = Rules.of(lyo_plan(), 15)
ALIVE = "an AWS endpoint of eu-west-1 responds, so the region is up"
APP = "the app in eu-west-1 still responds"
AILS = "our own AWS endpoint does not respond but a neutral one does, so the recovery region has a problem itself"
CUT_OFF = "a neutral AWS endpoint is unreachable too, so this region may be cut off"
FRESH = "the replica of bookings still receives fresh heartbeats"
STREAMING = given_replica(silent_for=60, receiving=True, received_at=at(-1))


def judged(facts: Facts, *, time_left: float = 0.0) -> Triage:
    return triage(facts, region=IRELAND, rules=RULES, now=NOON, look_until=at(time_left))


FIRES: dict[str, dict[str, Any]] = {
    "everybody says so": {},
    "the app answers nothing at all, refused": {"apps": [a_probe(error="ConnectionRefusedError")]},
    "two apps, both silent": {"apps": [a_probe(), a_probe()]},
    "two replicas, both silent": {"replicas": [given_replica(), given_replica(database="archive")]},
    "a heartbeat exactly as old as the limit": {"replicas": [given_replica(silent_for=30)]},
    "an error page from the neutral region is an answer": {"neutral": a_probe(503)},
    "an error page from our own endpoint is an answer": {"own": a_probe(500)},
    "the receiver hangs on, but heard nothing for long": {"replicas": [given_replica(receiving=True)]},
    "a stopped receiver's last message is no sign of life": {"replicas": [given_replica(received_at=at(-1))]},
}


@pytest.mark.parametrize("facts", FIRES.values(), ids=FIRES.keys())
@pytest.mark.parametrize("time_left", [0.0, 60.0])
def test_a_region_that_is_lost_beyond_doubt_is_acted_upon_at_once(facts: dict[str, Any], time_left: float) -> None:
    verdict = judged(observers(**facts), time_left=time_left)
    assert (verdict.decision, verdict.finding, verdict.sentence) == ("act", "region_lost", LOST)


MUST_NOT_FIRE: dict[str, tuple[dict[str, Any], str, str]] = {
    "the witness alone contradicts": ({"witness": a_probe(200)}, "service_broken", ALIVE),
    "the witness answers with an error": ({"witness": a_probe(500)}, "service_broken", ALIVE),
    "the app alone contradicts, not ready": (
        {"apps": [a_probe(503, database="read_only")]},
        "service_broken",
        APP,
    ),
    "one of two apps answers": ({"apps": [a_probe(), a_probe(502)]}, "service_broken", APP),
    "one of two apps is ready": ({"apps": [a_probe(), serving()]}, "service_broken", APP),
    "an app is up, and says nothing of its database": ({"apps": [a_probe(200)]}, "service_broken", APP),
    "a fresh heartbeat alone contradicts": ({"replicas": [given_replica(silent_for=5)]}, "service_broken", FRESH),
    "a heartbeat just within the limit": ({"replicas": [given_replica(silent_for=29.9)]}, "service_broken", FRESH),
    "the WAL receiver alone contradicts": ({"replicas": [STREAMING]}, "service_broken", FRESH),
    "the second replica is fresh": (
        {"replicas": [given_replica(), given_replica(database="archive", silent_for=1)]},
        "service_broken",
        "the replica of archive still receives fresh heartbeats",
    ),
    "the neutral region is silent": ({"neutral": a_probe()}, "cut_off", CUT_OFF),
    "our own endpoint is silent": ({"own": a_probe()}, "cut_off", AILS),
    "everything is silent: we are cut off": ({"neutral": a_probe(), "own": a_probe()}, "cut_off", CUT_OFF),
    "cut off explains a stale replica": (
        {"neutral": a_probe(), "replicas": [given_replica(silent_for=1)]},
        "cut_off",
        CUT_OFF,
    ),
    "the replica cannot be read": (
        {"replicas": [unread_replica()]},
        "unclear",
        "the replica of bookings cannot be read (DatabaseUnreachable)",
    ),
    "one of two replicas cannot be read": (
        {"replicas": [given_replica(), unread_replica("archive")]},
        "unclear",
        "the replica of archive cannot be read (DatabaseUnreachable)",
    ),
    "the replica never had a heartbeat": (
        {"replicas": [given_replica(heartbeat_at=None)]},
        "unclear",
        "the replica of bookings never received a heartbeat",
    ),
    "the replica was promoted by somebody": (
        {"replicas": [given_replica(in_recovery=False)]},
        "unclear",
        "the replica of bookings is no longer a replica",
    ),
    "no replica was asked": ({"replicas": []}, "unclear", "no replica could be read"),
    "no app is in the plan, but the witness lives": (
        {"apps": [], "witness": a_probe(200)},
        "service_broken",
        ALIVE,
    ),
}


@pytest.mark.parametrize(("facts", "finding", "reason"), MUST_NOT_FIRE.values(), ids=MUST_NOT_FIRE.keys())
def test_doubt_means_looking_again_while_there_is_time(facts: dict[str, Any], finding: str, reason: str) -> None:
    verdict = judged(observers(**facts), time_left=1.0)
    assert (verdict.decision, verdict.finding) == ("look_again", finding)
    assert verdict.sentence == f"Not confirmed: {reason}; checking again"
    assert verdict.wait_seconds == 15


@pytest.mark.parametrize(("facts", "finding", "reason"), MUST_NOT_FIRE.values(), ids=MUST_NOT_FIRE.keys())
def test_doubt_holds_or_asks_a_person_once_the_budget_is_spent(
    facts: dict[str, Any], finding: str, reason: str
) -> None:
    verdict = judged(observers(**facts), time_left=0.0)
    held = finding == "service_broken"
    assert (verdict.decision, verdict.finding) == ("held" if held else "ask", finding)
    what = "a person has to investigate" if held else "asking for approval"
    assert verdict.sentence == f"Nothing is promoted: {reason}; {what}"


def test_a_doubt_stays_the_same_within_a_second() -> None:
    """It is part of the facts a person consents to."""
    first, second = (judged(observers(samples=[a_look(age), a_look(5.0)])) for age in (15.1, 15.9))
    assert first.sentence == second.sentence
    assert "have agreed for 15 s of the required 2 min 30 s" in first.sentence


@pytest.mark.parametrize(
    ("silent_for", "look_takes", "wait"),
    [(5, 5, 15), (129, 5, 15), (130, 5, 15), (132, 5, 13), (144.5, 5, 1), (145, 5, 0), (149, 5, 0), (149, 0.01, 1)],
)
def test_the_last_look_ends_when_the_agreement_is_long_enough(silent_for: float, look_takes: float, wait: int) -> None:
    """Never less often than the plan's rhythm, and no later than needed: users wait for it."""
    first, *between = a_look(silent_for), *silent_looks(silent_for)[:-1]
    last = a_look(look_takes, seconds=look_takes)
    verdict = judged(observers(samples=[first, *between, last]), time_left=60.0)
    assert verdict.sentence.startswith(f"Not confirmed: observers have agreed for {humanize(round(silent_for))} of ")
    assert (verdict.decision, verdict.wait_seconds) == ("look_again", wait)


RECOVERED: dict[str, dict[str, Any]] = {
    "the app is ready again": {"apps": [serving()]},
    "both apps are ready again": {"apps": [serving(), serving()]},
    "ready, and the witness still silent": {"apps": [serving()], "witness": a_probe()},
    "ready, and the replica unreadable": {"apps": [serving()], "replicas": [unread_replica()]},
}


@pytest.mark.parametrize("facts", RECOVERED.values(), ids=RECOVERED.keys())
@pytest.mark.parametrize("time_left", [0.0, 60.0])
def test_a_region_that_serves_again_is_left_alone(facts: dict[str, Any], time_left: float) -> None:
    verdict = judged(observers(**facts), time_left=time_left)
    assert (verdict.decision, verdict.finding) == ("stood_down", "recovered")
    assert verdict.sentence == "eu-west-1 serves reads and writes; no action taken"


def test_the_evidence_names_every_observer_and_what_it_said() -> None:
    facts = observers(
        apps=[a_probe(503, database="down")],
        replicas=[given_replica(silent_for=42), unread_replica("archive"), given_replica(heartbeat_at=None)],
    )
    assert judged(facts).evidence == [
        "app answered 503, database down",
        "AWS endpoint in eu-west-1 did not respond (TimeoutError)",
        "AWS endpoint here answered 200",
        "AWS endpoint in a neutral region answered 200",
        "replica of bookings: last heartbeat 42 s old (stale)",
        "replica of archive unknown (DatabaseUnreachable)",
        "replica of bookings has no heartbeat",
        "unresponsive together for 4 min 55 s, in 30 of 30 observations",
    ]


def test_a_replica_that_could_not_be_read_is_never_fresh() -> None:
    assert not fresh(unread_replica(), timedelta(seconds=30))
    assert not fresh(given_replica(silent_for=1, read_at=None), timedelta(seconds=30))


def test_the_other_region_is_judged_by_the_same_rules() -> None:
    verdict = triage(observers(), region=OREGON, rules=RULES, now=NOON, look_until=NOON)
    assert verdict.sentence.startswith("us-west-2 is down")
