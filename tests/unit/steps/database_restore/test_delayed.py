"""A delayed replica, state by state: held first, brought near, promoted once, believed by its own word, given up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.model.incident import Incident, SystemRecord
from lyo_dr.model.plan import Plan
from lyo_dr.model.restore import DatabaseEvidence, IntegrityCheck, Reading, Target
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.steps.database_restore import (
    advance_delayed,
    choose_delayed,
    choose_recovery_point,
    conclude_restore,
    hold_delayed,
    judge_restored,
    promote_delayed,
    put_back,
    restore_instead,
)
from lyo_dr.steps.protect_restored import add_zone
from tests.plans import lyo_plan
from tests.unit.aws import Killed, World, refusal
from tests.unit.builders import OREGON, REPLICA, a_signal, at
from tests.unit.decisions.restore_builders import readings
from tests.unit.delayed import DELAYED, DelayedRds, with_delayed

CHANGES = [
    *(("rds:PromoteReadReplica", 1), ("rds:ModifyDBParameterGroup", 1), ("rds:ModifyDBParameterGroup", 2)),
    *(("dynamodb:PutItem", number) for number in range(1, 5)),
]
"""A call that changes something, and the how manieth of its kind."""


@pytest.fixture
def late(build: Callable[[Plan], World]) -> World:
    """A world whose plan names a delayed replica here."""
    return build(with_delayed(lyo_plan()))


@pytest.fixture
def moment(late: World) -> datetime:
    """Five minutes ago, just before the damage."""
    return late.ctx().now().replace(microsecond=0) - timedelta(minutes=5)


@pytest.fixture
def rds(late: World, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> DelayedRds:
    fake = DelayedRds()
    fake.given(REPLICA)
    fake.given_delayed(late.ctx().now())
    monkeypatch.setattr(late.calls, "_rds", fake)
    late.calls.functions = fake.function
    return fake


@pytest.fixture
def incident(late: World, rds: DelayedRds, moment: datetime) -> Incident:
    return begun(late, moment)


def begun(late: World, moment: datetime, **changes: Any) -> Incident:
    """What ChooseRecoveryPoint leaves."""
    found = late.given_incident(**changes)
    late.ctx().store.incidents.record_once(found.id, "DAMAGED", "bookings", instance=REPLICA)
    Attempts(late.ctx(), found.id).add(1, Target(kind="moment", at=moment))
    return found


def go(handler: Any, incident: Incident, **more: Any) -> Any:
    """Run one state as the machine would."""
    return handler(msgspec.to_builtins({"incident": incident, "database": "bookings", **more}))


def choose(incident: Incident, **signal: Any) -> Any:
    asked = a_signal(kind="database", region=OREGON, **{"source": "integrity", "database": "bookings", **signal})
    return choose_delayed.handler(msgspec.to_builtins({"incident": incident, "signal": asked}))


def until_ready(handler: Any, incident: Incident) -> Any:
    for _ in range(100):
        verdict = go(handler, incident)
        if verdict["status"] != "pending":
            return verdict
    raise AssertionError("it never ends")


def promoted(incident: Incident) -> Any:
    """The whole way, as the machine goes it."""
    go(hold_delayed.handler, incident)
    assert choose(incident)["status"] == "promote"
    assert until_ready(advance_delayed.handler, incident)["status"] == "ready"
    return until_ready(promote_delayed.handler, incident)


def judged(late: World, incident: Incident, beside: Any, replayed_to: datetime) -> Any:
    answers = [Reading(name=check.name, value=0.0) for check in late.plan.databases[0].integrity]
    late.ctx().store.databases.record_run(
        "bookings", IntegrityCheck(at=at(-86400), lsn="0/0", readings=answers, faults=[])
    )
    replay = {"in_recovery": False, "replayed_to": replayed_to}
    restored = {"database": "bookings", "at": at(0), "lsn": "0/0", "readings": answers, "replay": replay}
    return go(judge_restored.handler, incident, beside=beside, restored=restored)


def test_it_is_held_before_anything_else_and_said_where_it_is(late: World, rds: DelayedRds, incident: Incident) -> None:
    for _ in range(2):
        assert go(hold_delayed.handler, incident)["status"] == "held"
    assert rds.held
    assert f"{DELAYED}: replay paused" in late.said()[0]


def test_without_one_in_the_plan_nothing_is_asked_and_nothing_said(world: World) -> None:
    incident = begun(world, at(-300))
    assert go(hold_delayed.handler, incident)["status"] == "none"
    assert choose(incident)["status"] == "restore"
    assert world.said() == []
    assert world.calls.count("rds:DescribeDBInstances") == 0


def test_it_is_brought_near_to_the_damage_and_never_nearer_than_the_margin(
    late: World, rds: DelayedRds, incident: Incident, moment: datetime
) -> None:
    beside = promoted(incident)
    assert (beside["identifier"], beside["host"], rds.promotions) == (DELAYED, "h", 1)
    assert sum(rds.stretches) == pytest.approx(45, abs=5), "a minute of slack, less the margin"
    assert rds.replayed_to is not None
    assert timedelta(seconds=9) < moment - rds.replayed_to < timedelta(seconds=15)
    assert Attempts(late.ctx(), incident.id).all() == [Target(kind="moment", at=rds.replayed_to)]
    assert rds.delays[-1] == 3_600_000, "the group is meant for the next replica"
    assert "s before the recovery point are missing" in "; ".join(late.said())


def test_what_was_promoted_counts_as_no_restore_and_people_hear_that_it_is_used_up(
    late: World, rds: DelayedRds, incident: Incident
) -> None:
    beside = promoted(incident)
    assert rds.replayed_to is not None
    assert judged(late, incident, beside, rds.replayed_to)["status"] == "good"
    chosen = {"status": "chosen", "sentence": "", "target": None}
    restored = {"database": "bookings"}
    outcome = go(conclude_restore.handler, incident, moment=chosen, beside=beside, restored=restored)
    assert f"in {DELAYED}; unprotected until" in outcome["sentence"]
    assert "0 restores" in outcome["reasons"]
    assert outcome["reasons"][-1].startswith(f"The delayed replica {DELAYED} has been promoted: create a new one")


def test_afterwards_it_gets_the_group_and_the_protection_the_damaged_instance_has(
    late: World, rds: DelayedRds, incident: Incident
) -> None:
    rds.instances[REPLICA]["DBParameterGroups"] = [{"DBParameterGroupName": "tuned"}]
    promoted(incident)
    late.ctx().store.databases.move("bookings", DELAYED)
    began = late.ctx().now()
    first = go(add_zone.handler, incident, started_at=began)
    assert first["sentence"] == (
        f"{DELAYED} gets DBParameterGroupName tuned, DeletionProtection True of the damaged instance"
    )
    assert rds.instances[DELAYED]["DeletionProtection"] is True
    assert [go(add_zone.handler, incident, started_at=began)["status"] for _ in range(2)] == ["pending", "ready"]


def test_a_damaged_instance_that_was_put_aside_already_is_asked_under_its_new_name(
    late: World, rds: DelayedRds, incident: Incident
) -> None:
    promoted(incident)
    late.ctx().store.databases.move("bookings", DELAYED)
    aside = late.ctx().names.damaged(REPLICA, incident.id)
    rds.instances[aside] = rds.instances.pop(REPLICA) | {"DBParameterGroups": [{"DBParameterGroupName": "tuned"}]}
    verdict = go(add_zone.handler, incident, started_at=late.ctx().now())
    assert "gets DBParameterGroupName tuned" in verdict["sentence"]


def test_the_twin_a_restored_instance_has_them_from_the_start(late: World, rds: DelayedRds, incident: Incident) -> None:
    rds.instances[REPLICA] |= {"MultiAZ": True, "BackupRetentionPeriod": 7}
    verdict = go(add_zone.handler, incident, started_at=late.ctx().now())
    assert verdict["status"] == "ready"
    assert late.calls.count("rds:ModifyDBInstance") == 0


def test_a_promotion_that_replayed_the_damage_after_all_leads_to_an_ordinary_restore_to_the_moment(
    late: World, rds: DelayedRds, incident: Incident, moment: datetime
) -> None:
    beside = promoted(incident)
    verdict = judged(late, incident, beside, moment + timedelta(seconds=30))
    assert verdict["status"] == "again"
    assert "replayed on to" in verdict["sentence"]
    attempts = Attempts(late.ctx(), incident.id)
    assert attempts.all()[-1] == Target(kind="moment", at=moment)
    assert (attempts.restores(), attempts.at_delayed(), attempts.delayed()) == (1, False, DELAYED)
    assert attempts.instance(REPLICA) == late.ctx().names.restored(REPLICA, incident.id, 2)
    assert choose(incident)["status"] == "restore", "it is never used twice"
    assert rds.promotions == 1


@pytest.mark.parametrize(
    "signal", [{"source": "operator", "latest": True}, {"source": "operator", "restore_to": at(-60)}]
)
def test_a_person_who_says_to_where_gets_an_ordinary_restore_and_the_replica_replays_again(
    late: World, rds: DelayedRds, incident: Incident, signal: dict[str, Any]
) -> None:
    go(hold_delayed.handler, incident)
    assert choose(incident, **signal)["status"] == "restore"
    assert not rds.held
    assert late.said()[-1].endswith(f"was requested; {DELAYED} resumed replay")


def test_damage_that_is_older_than_the_delay_is_restored_as_ever(
    late: World, rds: DelayedRds, incident: Incident, moment: datetime
) -> None:
    rds.replayed_to = moment + timedelta(minutes=1)
    assert choose(incident)["status"] == "restore"
    assert "its delay is too short" in late.said()[-1]
    assert (rds.held, rds.promotions) == (False, 0)
    assert Attempts(late.ctx(), incident.id).delayed() is None


@pytest.mark.parametrize("lost", ["silent", "gone", "another source"])
def test_a_replica_nobody_can_rely_on_stops_no_restore(rds: DelayedRds, incident: Incident, lost: str) -> None:
    rds.silent = lost == "silent"
    if lost == "gone":
        del rds.instances[DELAYED]
    if lost == "another source":
        rds.instances[DELAYED]["ReadReplicaSourceDBInstanceIdentifier"] = "elsewhere"
    assert choose(incident)["status"] == "restore"


def test_more_than_the_rpo_before_the_moment_is_too_much_where_it_cannot_be_brought_nearer(
    late: World, rds: DelayedRds, incident: Incident, moment: datetime
) -> None:
    rds.instances[DELAYED]["DBParameterGroups"] = [{"DBParameterGroupName": "shared"}]
    assert choose(incident)["status"] == "promote"
    verdict = go(advance_delayed.handler, incident)
    assert verdict["status"] == "broken"
    assert "more than the RPO" in verdict["sentence"]
    assert go(restore_instead.handler, incident)["status"] == "restore"
    assert go(restore_instead.handler, incident)["sentence"] == late.said()[-1], "twice is once"
    attempts = Attempts(late.ctx(), incident.id)
    assert attempts.all()[-1] == Target(kind="moment", at=moment)
    assert len(attempts.all()) == 2
    assert (rds.held, rds.promotions, len(rds.delays)) == (False, 0, 1)


def test_a_promotion_that_fails_gives_way_to_a_restore_and_the_delay_is_the_plans_again(
    rds: DelayedRds, incident: Incident, moment: datetime
) -> None:
    go(hold_delayed.handler, incident)
    assert choose(incident)["status"] == "promote"
    assert until_ready(advance_delayed.handler, incident)["status"] == "ready"
    assert rds.delays[-1] != 3_600_000
    for _ in range(2):
        way = go(restore_instead.handler, incident)
        assert way["status"] == "restore"
        assert f"restoring to {Target(kind='moment', at=moment)} instead" in way["sentence"]
    assert rds.delays[-1] == 3_600_000
    assert not rds.held


def test_a_restore_that_fails_lets_it_replay_again_with_its_own_delay(
    late: World, rds: DelayedRds, incident: Incident
) -> None:
    go(hold_delayed.handler, incident)
    choose(incident)
    go(advance_delayed.handler, incident)
    assert rds.delays[-1] != 3_600_000
    late.ctx().store.control.change_record(SystemRecord(active_region="us-west-2", standby_region=None, epoch=1))
    assert f"{DELAYED} resumed replay" in go(put_back.handler, incident)["sentence"]
    assert (rds.held, rds.delays[-1]) == (False, 3_600_000)


def test_while_a_person_is_asked_it_stays_held_and_the_message_says_so(
    late: World, rds: DelayedRds, moment: datetime
) -> None:
    incident = late.given_incident(gate=None)
    late.ctx().store.databases.record_run(
        "bookings", IntegrityCheck(at=moment, lsn="0/0", readings=readings(), faults=[])
    )
    go(hold_delayed.handler, incident)
    asked = a_signal(kind="database", region=OREGON, source="integrity", database="bookings")
    verdict = go(choose_recovery_point.handler, incident, signal=asked, evidence=DatabaseEvidence(database="bookings"))
    assert verdict["status"] == "held"
    assert verdict["evidence"][-1].startswith(f"{DELAYED} stays paused and its WAL accumulates")
    assert rds.held


@pytest.mark.parametrize("call", CHANGES)
def test_fault_44_killed_after_any_call_and_started_again_it_is_promoted_once_and_to_the_same_moment(
    late: World, rds: DelayedRds, incident: Incident, moment: datetime, call: tuple[str, int]
) -> None:
    name, number = call
    before = late.calls.count(name)

    def kill(_number: int, called: str) -> None:
        if called == name and late.calls.count(name) == before + number:
            raise Killed

    late.calls.after = kill
    with pytest.raises(Killed):
        promoted(incident)
    late.calls.after = lambda _number, _name: None
    beside = promoted(incident)
    assert (beside["status"], beside["identifier"], rds.promotions) == ("ready", DELAYED, 1)
    attempts = Attempts(late.ctx(), incident.id)
    assert (len(attempts.all()), attempts.restores(), attempts.instead().at) == (1, 0, moment)
    assert rds.replayed_to is not None
    assert rds.replayed_to <= moment - timedelta(seconds=9)


def test_a6_a_delayed_replica_whose_promotion_rds_refused_is_called_again(
    late: World, rds: DelayedRds, incident: Incident
) -> None:
    go(hold_delayed.handler, incident)
    choose(incident)
    until_ready(advance_delayed.handler, incident)

    def refuse(_number: int, name: str) -> None:
        if name == "rds:PromoteReadReplica":
            late.calls.before = lambda _number, _name: None
            raise refusal("InvalidDBInstanceState", "it is backing up")

    late.calls.before = refuse
    assert go(promote_delayed.handler, incident)["sentence"].startswith("RDS refused for now")
    rds.instances[DELAYED]["DBInstanceStatus"] = "backing-up"
    waiting = go(promote_delayed.handler, incident)
    assert waiting["sentence"] == f"{DELAYED} is backing-up; waiting, because RDS would refuse now"
    rds.instances[DELAYED]["DBInstanceStatus"] = "available"
    assert until_ready(promote_delayed.handler, incident)["status"] == "ready"
    assert rds.promotions == 1
