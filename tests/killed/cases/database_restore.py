"""The cases of ``database_restore``."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.plan import Plan
from lyo_dr.model.restore import DatabaseEvidence, NewInstance, Reading, RecoveryPoint, Target
from lyo_dr.services.restore.attempts import Attempts
from tests.killed.cases.deploy_service import OWED, settle
from tests.killed.cases.promote_database import ACCEPTED
from tests.killed.given import an_event, app_secret, login, of_database
from tests.killed.harness import Case
from tests.killed.rds import Rds, all_available, given_rds
from tests.killed.stage import Stage
from tests.plans import lyo_plan
from tests.unit.builders import NOON, OREGON, REPLICA, a_signal, at
from tests.unit.delayed import DELAYED, with_delayed

_MOMENT = Target(kind="moment", at=at(-300))
_REPLAY = {
    "lambda:Invoke hold-replay": "a replica that does not resume is said; PutBack and the next restore ask it again"
}
_OTHER = "another-incident"
_REGAINED = {
    "NOTE#WAITS#PUT_BACK": "who is disturbed at the first look may find the other incident ended, or its own lease new",
    "SYSTEM LEASE / epoch": "each run takes a lost lease under an epoch of its own, which fences the run before",
}
_SIGNAL = a_signal(kind="database", region=OREGON, source="operator", database="bookings", restore_to=at(-300))


def _late() -> Plan:
    return with_delayed(lyo_plan())


def _read_only() -> Plan:
    return lyo_plan(databases__0__restore__stop="read_only")


def begun(stage: Stage, **more: Any) -> tuple[dict[str, Any], Rds]:
    """What ChooseRecoveryPoint leaves."""
    rds, event = given_rds(stage), of_database(stage, **more)
    incident = event["incident"].id
    stage.world.ctx().store.incidents.record_once(incident, "DAMAGED", "bookings", instance=REPLICA)
    Attempts(stage.world.ctx(), incident).add(1, _MOMENT)
    return event, rds


def restored(stage: Stage, **more: Any) -> tuple[dict[str, Any], Rds]:
    """And an instance was restored next to the damaged one."""
    event, rds = begun(stage, **more)
    name = stage.world.ctx().names.restored(REPLICA, event["incident"].id, 1)
    rds.given(name, tags=[{"Key": "lyo-dr-incident", "Value": event["incident"].id}])
    rds.instances[name]["Endpoint"] = {"Address": "restored.example", "Port": 5432}
    beside = NewInstance(status="ready", sentence="s", identifier=name, host="restored.example", port=5432)
    return event | {"beside": beside}, rds


def answers(stage: Stage, value: float = 0.0) -> DatabaseEvidence:
    """What a database answers to the plan's questions."""
    readings = [Reading(name=check.name, value=value) for check in stage.plan.databases[0].integrity]
    return DatabaseEvidence(database="bookings", at=stage.now, lsn="0/1", readings=readings)


def _delayed(stage: Stage) -> dict[str, Any]:
    event, rds = begun(stage)
    rds.given_delayed(stage.now)
    _played_by(stage, rds)
    return event


def _played_by(stage: Stage, rds: Rds) -> None:
    stage.functions["hold-replay"] = rds._asked


def _at_delayed(stage: Stage) -> dict[str, Any]:
    event = _delayed(stage)
    Attempts(stage.world.ctx(), event["incident"].id).use_delayed(DELAYED, stage.now - timedelta(hours=1))
    stage.world.ctx().store.incidents.record_once(event["incident"].id, "HELD", "bookings", instance=DELAYED)
    return event


def _later(stage: Stage) -> None:
    stage.calls._rds.now += timedelta(seconds=15)  # type: ignore[attr-defined]


def _pointing(stage: Stage) -> dict[str, Any]:
    app_secret(stage)
    login(stage)
    return restored(stage)[0] | {"logins": "lyo_app has its password"}


def _opened(stage: Stage) -> dict[str, Any]:
    event = _pointing(stage)
    _can_write(stage)
    stage.world.ctx().store.incidents.record_once(event["incident"].id, "READ_ONLY", "bookings")
    return event


def _can_write(stage: Stage) -> None:
    stage.kept["writes"] = writes = {"allowed": None}

    def let(asked: dict[str, Any]) -> dict[str, Any]:
        writes["allowed"] = asked["allowed"]
        return {"done": True, "reason": "set"}

    stage.functions["let-app-write"] = let


def to_put_back(stage: Stage) -> dict[str, Any]:
    """A restore that has stopped services, and moved the application to the restored instance."""
    from lyo_dr.decisions.common.addresses.secret_logins import InstanceEndpoint
    from lyo_dr.services.restore.secret_endpoints import point_secrets

    event = _opened(stage)
    active = SystemRecord(active_region=OREGON, standby_region=None, epoch=event["incident"].epoch)
    stage.world.ctx().store.control.change_record(active)
    ctx, incident, beside = stage.world.ctx(), event["incident"].id, event["beside"]
    ctx.store.incidents.record_once(incident, "POINTED", "bookings", instance=beside.identifier, at=NOON.isoformat())
    with stage.world.elsewhere():
        new = InstanceEndpoint(host=beside.host, port=beside.port, instance=beside.identifier)
        point_secrets(ctx, OREGON, "bookings", new, incident)
    ctx.store.databases.move("bookings", beside.identifier)
    ctx.store.incidents.record_once(incident, "STOPPED", "assistant", desired=2, minimum=2, maximum=4)
    return event


def _lost(stage: Stage) -> dict[str, Any]:
    event = to_put_back(stage)
    stage.later(stage.plan.budgets.lease + stage.plan.objectives.rto + timedelta(hours=1))
    with stage.world.elsewhere():
        assert stage.world.ctx().store.control.take_lease(_OTHER, stage.now, stage.plan.budgets.lease)
    return event


def _lost_and_free(stage: Stage) -> dict[str, Any]:
    event = _lost(stage)
    _other_ends(stage)
    return event


def _other_ends(stage: Stage) -> None:
    with stage.world.elsewhere():
        control = stage.world.ctx().store.control
        lease = control.lease()
        assert lease is not None
        if lease.holder == _OTHER:
            control.release_lease(_OTHER, lease.epoch, stage.now)


def _stopping(stage: Stage) -> dict[str, Any]:
    _can_write(stage)
    service = next(one for (region, _), one in stage.services.found.items() if region == OREGON)
    service.desired, service.limits = 2, [2, 4]
    return begun(stage)[0]


def _choosing(stage: Stage) -> dict[str, Any]:
    given_rds(stage)
    return an_event(stage, gate=None, signal=_SIGNAL, evidence=answers(stage))


def _aligning(stage: Stage) -> dict[str, Any]:
    app_secret(stage)
    login(stage)
    _passwords(stage)
    return restored(stage)[0]


def _passwords(stage: Stage) -> None:
    import pg8000.exceptions

    stage.kept["passwords"] = passwords = {"lyo_app": "old", "lyo_dr": "p"}

    def sql(statement: str, values: dict[str, Any]) -> Any:
        if statement == "connect":
            if passwords[values["user"]] == "old":
                raise pg8000.exceptions.DatabaseError({"C": "28P01"})
            return None
        if "set_app_password" in statement:
            passwords[values["name"]] = "set"
            return [["set"]]
        return [[1]]

    stage.sql = sql


def _asked_by_sql(stage: Stage) -> dict[str, Any]:
    login(stage)
    stage.sql = lambda statement, _values: answer(stage, statement)
    return {"database": "bookings"}


def answer(stage: Stage, statement: str) -> Any:
    found: dict[str, Any] = {
        "select at, rows": [],
        "select name, since": [],
        "with recursive tree": [["public", "lyo_appointments", 3]],
        "select c.relkind::text": [["r", False, True, False]],
        "select attname::text, attnotnull": [["id", True], ["updated_at", True]],
        "select attname::text": [["id", "bigint"], ["updated_at", "timestamp with time zone"]],
        "select array(select a.attname": [[["id"]]],
        "select clock_timestamp(), case": [[stage.now, "0/1"]],
        "select clock_timestamp()": [[stage.now, False, "", stage.now, 0.0]],
        "show": [["on"]],
    }
    return next((rows for beginning, rows in found.items() if statement.startswith(beginning)), [[0]])


def _concluding(stage: Stage) -> dict[str, Any]:
    moment = RecoveryPoint(status="chosen", sentence="s", target=_MOMENT)
    return restored(stage)[0] | {"moment": moment, "restored": answers(stage)}


def _holding(stage: Stage) -> dict[str, Any]:
    login(stage)
    stage.kept["replay"] = replay = {"held": False}

    def sql(statement: str, values: dict[str, Any]) -> Any:
        if "lyo_dr.hold_replay(" in statement:
            replay["held"] = values["held"]
            return [["held"]]
        return [[stage.now, True, "paused", stage.now, 3600.0]]

    stage.sql = sql
    return {"database": "bookings", "place": {"host": "h", "port": 5432}, "held": True, "epoch": 1}


def _letting(stage: Stage) -> dict[str, Any]:
    login(stage)
    stage.kept["writes"] = writes = {"allowed": True}

    def sql(statement: str, values: dict[str, Any]) -> Any:
        if "lyo_dr." in statement:
            writes["allowed"] = values.get("allowed", writes["allowed"])
        return [[1]] if "end_sessions" in statement else [["set"]]

    stage.sql = sql
    return {"database": "bookings", "allowed": False, "epoch": 1}


PUTS_BACK = partial(Case, afterwards=settle, blurred=OWED)
CASES = {
    "read_evidence": Case(_asked_by_sql, reads_only=True),
    "hold_delayed": Case(_delayed, plan=_late),
    "hold_replay": Case(_holding),
    "choose_recovery_point": Case(_choosing),
    "announce_restore": Case(
        lambda stage: an_event(stage, moment=RecoveryPoint(status="chosen", sentence="s", target=_MOMENT))
    ),
    "stop_damage": [Case(_stopping, until="ready"), Case(_stopping, plan=_read_only)],
    "preserve_evidence": Case(lambda stage: begun(stage)[0]),
    "choose_delayed": Case(lambda stage: _delayed(stage) | {"signal": _SIGNAL}, plan=_late, otherwise=_REPLAY),
    "advance_delayed": Case(_at_delayed, plan=_late, until="ready", between=_later),
    "promote_delayed": Case(_at_delayed, plan=_late, until="ready", blurred=ACCEPTED),
    "restore_instead": Case(_at_delayed, plan=_late),
    "restore_to_new_instance": Case(lambda stage: begun(stage)[0], until="ready", between=all_available),
    "read_restored": Case(lambda stage: _asked_by_sql(stage) | restored(stage)[0], reads_only=True),
    "warm_tables": Case(lambda stage: _asked_by_sql(stage) | restored(stage)[0], reads_only=True),
    "judge_restored": [
        Case(lambda stage: restored(stage)[0] | {"restored": answers(stage)}, reads_only=True),
        Case(lambda stage: restored(stage)[0] | {"restored": answers(stage, 10**6)}),
    ],
    "align_logins": Case(_aligning),
    "point_secrets": [Case(_pointing), Case(_opened)],
    "renew_tasks": Case(lambda stage: an_event(stage, service="assistant")),
    "let_app_write": Case(_letting),
    "conclude_restore": Case(_concluding),
    "put_back": [
        PUTS_BACK(to_put_back),
        PUTS_BACK(_lost_and_free, until="ready", blurred=OWED | _REGAINED),
        PUTS_BACK(_lost, until="ready", between=_other_ends, blurred=OWED | _REGAINED),
    ],
}
