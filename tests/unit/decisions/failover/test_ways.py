"""Databases without a replica in a failover: restored without a question of which way, or left and named."""

from __future__ import annotations

from datetime import datetime

import pytest

from lyo_dr.decisions.common.consent import frame
from lyo_dr.decisions.failover.components import Component, Components, judge_components
from lyo_dr.decisions.failover.gate import check_gate
from lyo_dr.decisions.failover.recovery_method import choose_way
from lyo_dr.decisions.restore.replicated_backups import without_a_wish
from lyo_dr.model.facts import Instance
from lyo_dr.model.plan import Plan
from lyo_dr.model.recovery_method import ReplicaFacts, Replicated
from lyo_dr.model.restore import IntegrityCheck, RestoreRequest, Window
from lyo_dr.model.verdict import Gate
from tests.plans import lyo_plan, plan_of_ways
from tests.unit.builders import IRELAND, NOON, OREGON, REPLICA, an_incident, an_instance, at, given_replica

LEFT = f"left in {IRELAND}, as the plan says, and not recovered: scratch"
ERROR = {"Error": "States.TaskFailed", "Cause": '{"Error": "MomentRefused", "Cause": "no backups"}'}


def kept(seconds_before: float) -> Replicated:
    return Replicated(arn="arn", window=Window(earliest=at(-86400), latest=at(-seconds_before)))


def gate(plan: Plan, backups: Replicated | None) -> Gate:
    facts = {"reports": ReplicaFacts(backups=backups)}
    readings = [given_replica(silent_for=2)]
    return check_gate(plan, an_incident(), readings, {"bookings": an_instance()}, None, facts)


def test_what_is_not_critical_is_restored_and_what_is_left_is_named_and_nobody_is_asked() -> None:
    verdict = gate(plan_of_ways(), kept(7200))
    assert (verdict.status, verdict.blockers, verdict.loss_seconds) == ("open", [], 2.0)
    assert verdict.sentence == f"At most 2 s of work would be lost, within the RPO of 15 min; {LEFT}"
    assert [(way.database, way.way, way.doubt) for way in verdict.ways] == [
        ("bookings", "promote", None),
        ("reports", "restore", None),
    ]


def test_must_not_fire_a_plan_of_replicas_says_nothing_of_what_is_left() -> None:
    verdict = check_gate(lyo_plan(), an_incident(), [given_replica(silent_for=2)], {"bookings": an_instance()})
    assert "left" not in verdict.sentence


CRITICAL = {
    "backups within the RPO": (kept(420), "open", 420.0, []),
    "backups beyond it": (
        kept(1200),
        "ask",
        1200.0,
        ["up to 20 min of work would be lost, more than the RPO of 15 min"],
    ),
    "no backups": (
        None,
        "closed",
        None,
        [
            f"database reports: it has no replica, and no backups of it are replicated to {OREGON}",
            "the loss is unknown: it is unknown how far the backups of reports reach",
        ],
    ),
}


@pytest.mark.parametrize(("backups", "status", "loss", "blockers"), CRITICAL.values(), ids=CRITICAL)
def test_a_critical_one_is_held_to_its_rpo_by_the_end_of_its_backups(
    backups: Replicated | None, status: str, loss: float | None, blockers: list[str]
) -> None:
    verdict = gate(plan_of_ways(reports__critical=True), backups)
    assert (verdict.status, verdict.loss_seconds, verdict.blockers) == (status, loss, blockers)


def test_its_own_rpo_counts_where_it_has_one() -> None:
    plan = plan_of_ways(reports__critical=True, reports__rpo="PT1H")
    assert gate(plan, kept(1200)).status == "open"
    asked = gate(plan_of_ways(reports__critical=True, reports__rpo="PT5M"), kept(420))
    assert asked.blockers == ["database reports: up to 7 min of work would be lost, more than its RPO of 5 min"]


def test_without_backups_one_that_is_not_critical_closes_nothing() -> None:
    verdict = gate(plan_of_ways(), None)
    assert verdict.status == "open"
    assert verdict.ways[1].way == "restore", "its machine says why it cannot be restored"


def test_an_operators_moment_is_the_end_of_what_comes_back() -> None:
    facts = ReplicaFacts(wish=RestoreRequest(restore_to=at(-900)), backups=kept(60))
    way = choose_way(plan_of_ways().database("reports"), [], facts)
    assert (way.way, way.upto) == ("restore", at(-900))
    unkept = choose_way(plan_of_ways().database("reports"), [], ReplicaFacts(wish=RestoreRequest(latest=True)))
    assert unkept.way == "restore", "there is no replica to promote instead"


def test_on_the_way_back_nothing_is_left() -> None:
    back = an_incident(region=IRELAND, lost_region=OREGON)
    source = f"arn:aws:rds:{OREGON}:123456789012:db:{REPLICA}"
    instances: dict[str, Instance | None] = {"bookings": an_instance(source=source)}
    verdict = check_gate(plan_of_ways(), back, [given_replica(silent_for=2)], instances)
    assert "left" not in verdict.sentence
    assert [way.database for way in verdict.ways] == ["bookings", "reports"], "what was left here was never away"


def test_a_member_of_a_cluster_is_refused_in_a_sentence_and_one_alone_is_not() -> None:
    def blockers(cluster: str) -> list[str]:
        found: dict[str, Instance | None] = {"bookings": an_instance(cluster=cluster)}
        return check_gate(lyo_plan(), an_incident(), [given_replica(silent_for=2)], found).blockers

    assert blockers("aurora-shop") == [
        (
            f"database bookings: {REPLICA} is a member of the DB cluster aurora-shop; clusters such as Aurora's are "
            "not recovered (docs/limits.md): name an RDS instance that stands alone"
        )
    ]
    assert blockers("") == []


def judged(reports: bool) -> str:
    places = Components(
        databases=[
            Component(name="bookings", recovered=True),
            Component(name="reports", recovered=reports, error=None if reports else ERROR),
        ],
        services=[Component(name="assistant", recovered=True)],
    )
    return judge_components(plan_of_ways(), places, OREGON).sentence


def test_the_outcome_names_what_was_left_beside_what_failed() -> None:
    assert judged(reports=True) == f"Databases recovered: 2, services stable: 1; {LEFT}"
    assert judged(reports=False) == (
        "Databases recovered: 1, services stable: 1; not critical, left as is: database reports: MomentRefused: no "
        f"backups; {LEFT}"
    )


def test_the_question_says_what_becomes_of_each() -> None:
    plan = plan_of_ways()
    lines = frame(plan, an_incident(), gate(plan, kept(60)), [], NOON).irrevocable
    assert lines[:3] == [
        f"bookings in {OREGON} is promoted and never replicates from {IRELAND} again",
        f"reports is restored in {OREGON}; rows that only {IRELAND} holds stay there",
        f"scratch is left in {IRELAND} and not recovered",
    ]


@pytest.mark.parametrize("faults", [[], ["damaged"]])
def test_without_a_replica_the_latest_backup_is_used_whatever_was_seen_here_before(faults: list[str]) -> None:
    runs = [IntegrityCheck(at=datetime.fromisoformat("2026-03-28T00:00:00Z"), lsn="", readings=[], faults=faults)]
    wish = without_a_wish([], runs, replica=False)
    assert (wish.latest, wish.why) == (True, "it has no replica, so its latest backup is used")
    assert without_a_wish([], runs).latest is not bool(faults)
