"""What a dead instance is restored to, what that loses, and when a person decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lyo_dr.decisions.incident.admission import waits
from lyo_dr.decisions.restore.dead_instance import beyond_rpo, how_to_go_on, wish_of, with_loss
from lyo_dr.model.restore import RecoveryPoint, RestoreRequest, Target
from tests.plans import lyo_plan
from tests.unit.builders import NOON, a_lease, a_signal, at
from tests.unit.decisions.restore.test_recovery_point import choose
from tests.unit.decisions.restore_builders import a_run, a_snapshot

RPO = timedelta(minutes=15)


def an_alarm(**changes: Any) -> Any:
    return a_signal(**{"kind": "database", "source": "connections", "database": "bookings", "latest": True, **changes})


def test_an_alarm_of_a_dead_instance_asks_for_the_latest_and_says_why() -> None:
    verdict = choose(wish_of(an_alarm(), [a_run(-60)]))
    assert verdict.target == Target(kind="latest", at=at(-300))
    assert verdict.sentence.startswith(
        "Restoring to the latest restorable time, 2026-03-29 11:55:00 UTC: its instance is dead"
    )


def test_data_that_was_damaged_before_its_instance_died_goes_back_before_the_damage() -> None:
    runs = [a_run(-900), a_run(-600, "orphans: 5 instead of 0")]
    assert wish_of(an_alarm(), runs) == RestoreRequest(why=wish_of(an_alarm(), runs).why)
    assert choose(wish_of(an_alarm(), runs), runs=runs).target == Target(kind="moment", at=at(-901))


def test_an_operator_is_taken_at_his_word() -> None:
    signal = an_alarm(source="operator", latest=False, snapshot="nightly")
    assert wish_of(signal, [a_run(-60, "wrong")]) == RestoreRequest(snapshot="nightly")


@pytest.mark.parametrize(
    ("wish", "seconds", "told"),
    [
        (RestoreRequest(latest=True), 300, "up to 5 min of work is lost: the backup ends at 2026-03-29 11:55:00 UTC"),
        (
            RestoreRequest(snapshot="nightly"),
            7000,
            "up to 1 h 57 min of work is lost: the backup ends at 2026-03-29 10:03:20 UTC",
        ),
    ],
)
def test_the_loss_is_said_before_it_is_accepted(wish: RestoreRequest, seconds: float, told: str) -> None:
    verdict = with_loss(choose(wish, snapshots=[a_snapshot("nightly", -7000)]), outage_start=NOON)
    assert verdict.loss_seconds == seconds
    assert verdict.sentence.endswith(told)
    assert verdict.evidence[-1] == told


def test_a_moment_before_damage_loses_nothing_that_is_not_kept() -> None:
    chosen = choose(RestoreRequest(restore_to=at(-400)))
    assert with_loss(chosen, outage_start=NOON) is chosen
    assert beyond_rpo(chosen, RPO) is chosen


def test_a_backup_that_ends_after_the_outage_began_loses_nothing() -> None:
    assert with_loss(choose(RestoreRequest(latest=True)), outage_start=at(-400)).loss_seconds == 0


def test_a_loss_nobody_knows_is_said_to_be_unknown_and_is_left_to_a_person() -> None:
    chosen = RecoveryPoint(status="chosen", sentence="Restoring to it", target=Target(kind="latest"))
    verdict = beyond_rpo(with_loss(chosen, outage_start=NOON), RPO)
    assert verdict.status == "held"
    assert "how much is lost is unknown" in verdict.sentence


@pytest.mark.parametrize(("outage", "status"), [(600, "chosen"), (601, "held")])
def test_without_a_person_no_more_than_the_rpo_is_given_up(outage: float, status: str) -> None:
    verdict = beyond_rpo(with_loss(choose(RestoreRequest(latest=True)), outage_start=at(outage)), RPO)
    assert verdict.status == status
    assert (verdict.target is None) == (status == "held")


def test_what_is_held_says_how_to_go_on() -> None:
    held = RecoveryPoint(status="held", sentence="Held")
    assert how_to_go_on(held, "bookings", RestoreRequest(latest=True)).sentence == (
        "Held. To approve: lyo-dr start --database bookings --latest"
    )
    chosen = choose(RestoreRequest(latest=True))
    assert how_to_go_on(chosen, "bookings", RestoreRequest(latest=True)) is chosen


@pytest.mark.parametrize(
    ("holder", "waiting"),
    [
        ("region-eu-west-1-20260329T120000", True),
        ("operator-eu-west-1-20260329T120000", True),
        ("connections-bookings-eu-west-1-20260329T120000", False),
        ("operator-bookings-20260329T120000", False),
        ("database-bookings-eu-west-1-20260329T120000", False),
        ("database-customers-eu-west-1-20260329T120000", True),
    ],
)
def test_an_alarm_waits_for_an_incident_about_something_else_and_is_a_copy_beside_its_own(
    holder: str, waiting: bool
) -> None:
    lease = a_lease(holder=holder)
    assert waits(an_alarm(), lease) is waiting
    assert waits(an_alarm(source="integrity"), lease) is False


@pytest.mark.parametrize(("kind", "waiting"), [("restore", True), ("region_loss", False)])
def test_a_region_lost_while_its_database_is_worked_on_is_not_dropped(kind: Any, waiting: bool) -> None:
    lease = a_lease(holder="another", kind=kind)
    assert waits(a_signal(), lease) is waiting
    assert waits(a_signal(source="watcher"), lease) is waiting
    assert waits(a_signal(source="operator", by="ada"), lease) is waiting


def test_the_lease_of_the_dead_runs_out_before_the_signal_that_waits_is_out_of_date() -> None:
    plan = lyo_plan()
    assert plan.budgets.lease <= plan.policy.signal_max_age
