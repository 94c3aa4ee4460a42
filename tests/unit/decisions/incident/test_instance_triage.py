"""Dead, damaged, RDS's turn, or nothing at all? Each situation that fires has its twins that must not."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.decisions.incident.instance_triage import InstanceRules
from lyo_dr.model.instance import InstanceFacts, UnresponsivePeriod
from lyo_dr.model.plan import Plan
from tests.plans import lyo_plan
from tests.unit.builders import at, given_replica, unread_replica
from tests.unit.decisions.instance_builders import (
    a_probe,
    answering,
    judged,
    seen,
    serving,
    silent,
    silent_for,
    the_primary,
    without_database,
)

SUNDAY_NOON = "sun:11:45-sun:12:15"

DEAD: dict[str, InstanceFacts] = {
    "RDS gave it up, the app says down, the replica hears nothing": seen(),
    "RDS calls it available, and it hangs": seen(instance=the_primary("available")),
    "the app is silent, the replica hears nothing": seen(instance=the_primary("available"), apps=[a_probe()]),
    "the replica cannot be asked, the app says down": seen(replica=unread_replica()),
    "only RDS says it beside our own look": seen(apps=[a_probe()], replica=unread_replica()),
    "given up, in its maintenance window": seen(instance=the_primary(maintenance=SUNDAY_NOON)),
    "the server says that it cannot start": seen(count=silent("57P03")),
}


@pytest.mark.parametrize("facts", DEAD.values(), ids=DEAD.keys())
def test_an_instance_that_stays_silent_longer_than_a_failover_between_zones_is_dead(facts: InstanceFacts) -> None:
    verdict = judged(facts)
    assert (verdict.finding, verdict.decision) == ("instance_dead", "act")
    assert verdict.sentence.startswith(
        "bookings has lost its instance: unresponsive for 2 min 30 s, longer than a Multi-AZ failover"
    )


@pytest.mark.parametrize("facts", DEAD.values(), ids=DEAD.keys())
def test_the_twin_a_second_less_is_still_the_turn_of_rds(facts: InstanceFacts) -> None:
    verdict = judged(facts, before=silent_for(149))
    assert verdict.decision == "look_again"
    assert "unresponsive for 2 min 29 s of the 2 min 30 s a Multi-AZ failover may take" in verdict.sentence


LEFT_ALONE: dict[str, tuple[InstanceFacts, str, str]] = {
    "the failover between zones has ended well": (
        seen(count=answering(), instance=the_primary("available"), apps=[serving()]),
        "recovered",
        "it responds, and its data shows no deviation",
    ),
    "no connections, since the services are at zero": (
        seen(count=answering(0), instance=the_primary("available"), apps=[a_probe()]),
        "recovered",
        "it responds, and its data shows no deviation",
    ),
    "it refuses us and so is there": (
        seen(count=silent("28P01"), instance=the_primary("available"), apps=[serving()]),
        "recovered",
        "it responds, and its data shows no deviation",
    ),
    "our own view is cut off: the app reads and writes": (
        seen(instance=the_primary("available"), apps=[serving()]),
        "cut_off",
        "the app reads and writes, so the problem is our own connection",
    ),
}


@pytest.mark.parametrize(("facts", "finding", "reason"), LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_what_lives_is_left_alone_at_once(facts: InstanceFacts, finding: str, reason: str) -> None:
    verdict = judged(facts)
    assert (verdict.finding, verdict.decision) == (finding, "stood_down")
    assert verdict.sentence == f"No action for bookings: {reason}"


DOUBTED: dict[str, tuple[InstanceFacts, str]] = {
    **{
        f"RDS is at work: {status}": (seen(instance=the_primary(status)), f"RDS is working on it ({status})")
        for status in ("rebooting", "maintenance", "modifying", "upgrading", "starting", "backing-up", "new-status")
    },
    "the maintenance window of RDS": (
        seen(instance=the_primary("available", maintenance=SUNDAY_NOON)),
        f"it is the maintenance window of RDS ({SUNDAY_NOON})",
    ),
    "its replica hears it: our own view is cut off": (
        seen(replica=given_replica(silent_for=3, receiving=True)),
        "its replica still receives from it",
    ),
    "our own function could not check it": (seen(count=None), "our own function could not check it"),
    "RDS does not answer": (
        seen(instance=None, rds_error="no answer"),
        "RDS does not report its status (no answer)",
    ),
    "nobody else says so": (
        seen(instance=the_primary("available"), apps=[a_probe()], replica=unread_replica()),
        "only our own function finds it unresponsive",
    ),
    "it answers us, but not the app": (
        seen(count=answering(), instance=the_primary("available")),
        "it responds to us, but the app reports that it has no database",
    ),
}


@pytest.mark.parametrize(("facts", "reason"), DOUBTED.values(), ids=DOUBTED.keys())
def test_doubt_is_looked_at_again_and_left_to_a_person_when_time_is_up(facts: InstanceFacts, reason: str) -> None:
    first, last = judged(facts, before=silent_for(600)), judged(facts, before=silent_for(600), time_left=0)
    assert (first.decision, last.decision) == ("look_again", "held")
    assert first.sentence == f"Not confirmed for bookings: {reason}; checking again"
    assert last.sentence == f"Nothing is restored: {reason}; a person has to investigate bookings"


@pytest.mark.parametrize(
    "status", ["stopped", "storage-full", "deleting", "inaccessible-encryption-credentials", "incompatible-network"]
)
def test_what_a_restore_does_not_put_right_is_for_a_person_at_once(status: str) -> None:
    verdict = judged(seen(instance=the_primary(status)))
    assert (verdict.finding, verdict.decision) == ("service_broken", "held")
    assert f"is {status}" not in verdict.sentence
    assert f"{status}, which a restore cannot fix" in verdict.sentence


def test_an_instance_rds_does_not_know_is_for_a_person() -> None:
    assert "RDS has no such instance" in judged(seen(instance=None)).sentence


def test_one_that_answers_with_wrong_data_is_damaged_and_not_dead() -> None:
    facts = seen(count=answering(), instance=the_primary("available"), faults=["orphans: 5 instead of 0"])
    verdict = judged(facts)
    assert (verdict.finding, verdict.decision) == ("data_damaged", "act")
    assert verdict.sentence == "bookings is damaged: it responds, and its data is wrong: orphans: 5 instead of 0"


def test_silence_is_carried_from_look_to_look_and_ends_with_an_answer() -> None:
    assert judged(before=silent_for(40)).silence == UnresponsivePeriod(since=at(-40), last=at(0))
    assert judged(seen(count=answering()), before=silent_for(40)).silence is None


def test_fault_35_redriven_hours_later_the_silence_begins_anew() -> None:
    verdict = judged(before=silent_for(9000, last_look=7200))
    assert verdict.decision == "look_again"
    assert verdict.silence == UnresponsivePeriod(since=at(0), last=at(0))


def test_the_first_look_is_never_the_last() -> None:
    verdict = judged(before=silent_for(0, last_look=0))
    assert verdict.decision == "look_again"


def test_everybody_who_spoke_is_on_record() -> None:
    assert judged().evidence == [
        "endpoint: database at x:5432: TimeoutError",
        "RDS: lyo-saas-production-postgres is failed, in several zones",
        "app says database down",
        "replica receives nothing from it",
        "unresponsive since 11:57:30 UTC, in every check",
    ]


@pytest.mark.parametrize("word", ["down", "read_only"])
def test_both_words_of_the_contract_for_no_database_count(word: str) -> None:
    facts = seen(instance=the_primary("available"), apps=[without_database(word)], replica=unread_replica())
    assert judged(facts).decision == "act"


def test_the_turn_of_rds_comes_from_the_plan_and_is_longer_than_a_failover_between_zones() -> None:
    plan: Plan = lyo_plan()
    rules: Any = InstanceRules.of(plan, 15)
    assert rules.turn == plan.policy.agreement
    assert rules.turn.total_seconds() > 120
