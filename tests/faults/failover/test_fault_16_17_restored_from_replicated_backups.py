"""Faults 16 and 17, the way out: the replica is gone, broken or damaged, and its backups are kept here.

Never in silence: a person says so, with the loss that is stated. Without such backups the gate stays as it was.
"""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.decisions.failover.gate import GateInputs, check_gate
from lyo_dr.decisions.restore.replicated_backups import as_far_as_replicated, within_replicated, without_a_wish
from lyo_dr.model.consent import Consent
from lyo_dr.model.facts import Instance
from lyo_dr.model.recovery_method import ReplicaFacts, Replicated
from lyo_dr.model.restore import RestoreRequest, Target, Window
from lyo_dr.model.verdict import Gate
from tests.plans import lyo_plan
from tests.unit.builders import REPLICA, a_primary, an_incident, an_instance, at, given_replica
from tests.unit.decisions.restore.test_recovery_point import choose
from tests.unit.decisions.restore_builders import a_change, a_run, a_window, the_evidence

KEPT = Replicated(arn="arn:aws:rds:us-west-2:123456789012:auto-backup:ab-x", window=a_window(latest=-420))


def gate(instance: Instance | None, around: Any = None, **facts: Any) -> Gate:
    replicas = {"bookings": ReplicaFacts(**{"backups": KEPT, **facts})}
    readings = [given_replica(silent_for=60)]
    return check_gate(lyo_plan(), an_incident(), readings, {"bookings": instance}, around, replicas)


NO_USE: dict[str, tuple[Instance | None, str]] = {
    "absent": (None, f"RDS in us-west-2 has no instance {REPLICA}"),
    "another source": (an_instance(source="arn:aws:rds:eu-west-1:123456789012:db:staging"), "replicates"),
    "promoted before": (a_primary(), "is not a replica; it was promoted earlier"),
    **{
        f"fault 17, {status}": (an_instance(status), f"instance {REPLICA} is {status}")
        for status in ("failed", "storage-full", "incompatible-network", "terminated", "stopped")
    },
}


@pytest.mark.parametrize(("instance", "why"), NO_USE.values(), ids=NO_USE.keys())
def test_fault_16_17_a_replica_that_is_no_use_is_asked_about_and_restored_from_backups(
    instance: Instance | None, why: str
) -> None:
    verdict = gate(instance)
    assert verdict.status == "ask"
    assert why in verdict.blockers[0]
    assert verdict.blockers[0].endswith(
        "it would be restored from backups replicated to this region instead of being promoted"
    )
    assert [(way.database, way.way) for way in verdict.ways] == [("bookings", "restore")]
    assert verdict.loss_seconds == 420


@pytest.mark.parametrize("instance", [pair[0] for pair in NO_USE.values()], ids=NO_USE.keys())
def test_fault_16_17_the_twin_without_replicated_backups_the_gate_stays_closed(instance: Instance | None) -> None:
    verdict = gate(instance, backups=None)
    assert verdict.status == "closed"
    assert [way.way for way in verdict.ways] == ["promote"]


def test_the_twin_a_replica_that_is_well_is_promoted_whatever_backups_there_are() -> None:
    verdict = gate(an_instance())
    assert (verdict.status, [way.way for way in verdict.ways]) == ("open", ["promote"])
    assert verdict.loss_seconds == 60


def test_damage_in_the_replica_is_never_promoted_in_silence() -> None:
    verdict = gate(an_instance(), faults=["orphans: 5 instead of 0"], good_at=at(-600))
    assert verdict.status == "ask"
    assert verdict.blockers[0].startswith(
        "database bookings: the replica's data is wrong (orphans: 5 instead of 0): it would be restored from backups"
    )
    assert verdict.loss_seconds == 601, "at least what was good then comes back"
    assert [way.way for way in verdict.ways] == ["restore"]


def test_damage_without_replicated_backups_asks_whether_to_promote_it_all_the_same() -> None:
    verdict = gate(an_instance(), faults=["orphans: 5 instead of 0"], backups=None)
    assert (verdict.status, [way.way for way in verdict.ways]) == ("ask", ["promote"])
    assert "no backups of it are replicated here, so it would be promoted" in verdict.blockers[0]


def test_damage_without_a_good_run_has_a_loss_nobody_knows() -> None:
    verdict = gate(an_instance(), faults=["orphans: 5 instead of 0"])
    assert verdict.loss_seconds is None
    assert "it is unknown how far the backups of bookings reach" in verdict.blockers[1]


@pytest.mark.parametrize(
    ("wish", "loss"),
    [
        (RestoreRequest(latest=True), 420),
        (RestoreRequest(restore_to=at(-600)), 600),
        (RestoreRequest(restore_to=at(-10)), 420),
    ],
)
def test_an_operator_who_asks_for_it_within_the_rpo_is_not_asked_again(wish: RestoreRequest, loss: float) -> None:
    verdict = gate(an_instance(), wish=wish)
    assert (verdict.status, verdict.loss_seconds) == ("open", loss)
    assert [way.way for way in verdict.ways] == ["restore"]


def test_an_operator_whose_moment_loses_more_than_the_rpo_is_asked_with_the_number() -> None:
    verdict = gate(an_instance(), wish=RestoreRequest(restore_to=at(-3600)))
    assert verdict.status == "ask"
    assert verdict.over_rpo
    assert verdict.blockers == ["up to 1 h of work would be lost, more than the RPO of 15 min"]


def test_an_operator_who_asks_for_backups_that_are_not_here_is_told_so() -> None:
    verdict = gate(an_instance(), wish=RestoreRequest(latest=True), backups=None)
    assert verdict.blockers == ["database bookings: a restore was requested, but no backups of it are replicated here"]


def test_a_consent_to_the_restore_opens_the_gate_for_these_facts_only() -> None:
    asked = gate(None)
    consent = Consent(by="ada", facts=asked.facts, finding=asked.finding)
    assert gate(None, GateInputs(consent=consent)).status == "open"
    assert gate(None, GateInputs(consent=consent), backups=None).status == "closed"


def test_a_replica_that_is_gone_goes_to_the_latest_and_a_damaged_one_before_the_damage() -> None:
    assert without_a_wish([], [a_run(-60)]).latest
    assert without_a_wish(["orphans"], [a_run(-60)]) == RestoreRequest()
    assert without_a_wish([], [a_run(-900), a_run(-60, "orphans")]) == RestoreRequest()


def test_a_moment_before_the_damage_that_never_arrived_is_cut_to_the_latest_that_did() -> None:
    window = Window(earliest=at(-86400), latest=at(-420))
    chosen = choose(RestoreRequest(), evidence=the_evidence(a_change(-60.5)), runs=[a_run(-900)], window=window)
    assert chosen.target == Target(kind="moment", at=at(-61))
    assert within_replicated(chosen, window).target == Target(kind="latest", at=at(-420))
    early = choose(RestoreRequest(), evidence=the_evidence(a_change(-600.5)), runs=[a_run(-900)], window=window)
    assert within_replicated(early, window) is early
    assert as_far_as_replicated(RestoreRequest(restore_to=at(-60)), window) == RestoreRequest(restore_to=at(-420))
    assert as_far_as_replicated(RestoreRequest(restore_to=at(-600)), window) == RestoreRequest(restore_to=at(-600))
