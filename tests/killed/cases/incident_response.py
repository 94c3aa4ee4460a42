"""The cases of ``incident_response``."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.verdict import Outcome
from tests.killed.cases.database_restore import PUTS_BACK, to_put_back
from tests.killed.given import an_event
from tests.killed.harness import Case
from tests.killed.stage import Stage
from tests.unit.aws import RdsModel
from tests.unit.breaches import a_finding
from tests.unit.builders import (
    IRELAND,
    OREGON,
    PRIMARY,
    a_signal,
    a_triage,
    an_alarm,
    an_incident,
    given_replica,
    observers,
    silent_looks,
)
from tests.unit.decisions.instance_builders import silent

_NAME = an_incident().id
_PEER = {"stepfunctions:StartExecution@us-west-2": "the peer of a breach is told as far as it can be"}
_LOOKS_AGAIN = {"NOTE#WAITS#LEASE": "a lease that was taken unheard looks like that of another, until the next look"}
_TIMED_OUT = {"Error": "States.TaskFailed", "Cause": '{"Status": "TIMED_OUT"}'}
_FAILED = {"error": {"Error": "PromotionFailed", "Cause": '{"errorMessage": "it ended"}'}}


def _signal(stage: Stage, **changes: Any) -> dict[str, Any]:
    return {"signal": a_signal(at=stage.now, **changes), "execution": _NAME}


def _not_ours(stage: Stage) -> dict[str, Any]:
    record = SystemRecord(active_region=OREGON, standby_region=None, epoch=3)
    stage.world.ctx().store.control.change_record(record)
    return _signal(stage)


def _failed(stage: Stage, **notes: str) -> dict[str, Any]:
    incident = stage.world.given_incident()
    for kind, name in notes.items():
        stage.world.ctx().store.incidents.record_once(incident.id, kind, name)
    return {"incident_id": incident.id, "so_far": {"incident": {"lease_region": ""}, **_FAILED}}


def _settling(stage: Stage, *, keep: bool) -> dict[str, Any]:
    event = _failed(stage)
    event["so_far"]["failure"] = {"ending": "failed", "sentence": "s", "keep_lease": keep}
    return event


def _in_ireland(stage: Stage) -> dict[str, Any]:
    incident = stage.world.given_incident(region=IRELAND, lost_region=IRELAND, database="bookings", lease_region=OREGON)
    stage.world.calls.rds[PRIMARY] = RdsModel(status="failed", source=None)
    stage.functions |= {
        "count-connections": lambda _: msgspec.to_builtins(silent()),
        "read-replica": lambda _: msgspec.to_builtins(given_replica(silent_for=170)),
    }
    stage.http = lambda _url: (503, {"database": "down"})
    return {"incident": incident, "so_far": {}}


def _outcome(ending: Any = "recovered") -> Outcome:
    return Outcome(ending=ending, sentence="Recovered", reasons=["a reason"])


def _after_failover(stage: Stage) -> dict[str, Any]:
    event = an_event(stage)
    record = SystemRecord(active_region=OREGON, standby_region=None, epoch=event["incident"].epoch)
    stage.world.ctx().store.control.change_record(record)
    stage.http = lambda _url: (200, {"database": "read_write", "region": OREGON, "epoch": record.epoch})
    run = {"failover": {"outcome": "recovered", "reasons": []}}
    return event | {"so_far": {"triage": a_triage(), "run": run}}


def _triaged(stage: Stage) -> dict[str, Any]:
    facts = observers(samples=silent_looks(before=stage.now))
    return an_event(stage, facts=facts, signal=a_signal())


CASES = {
    "receive": [Case(lambda _stage: an_alarm()), Case(lambda _stage: a_finding(), region=IRELAND, otherwise=_PEER)],
    "open_incident": [Case(_signal, blurred=_LOOKS_AGAIN), Case(_not_ours)],
    "triage": Case(_triaged, reads_only=True),
    "triage_database": Case(_in_ireland, region=IRELAND, reads_only=True),
    "announce_incident": Case(lambda stage: an_event(stage, triage=a_triage())),
    "validate_outcome": Case(_after_failover, reads_only=True),
    "announce_outcome": Case(lambda stage: an_event(stage, outcome=_outcome())),
    "close_incident": [
        Case(lambda stage: an_event(stage, outcome=_outcome())),
        Case(lambda stage: an_event(stage, outcome=_outcome("held"))),
    ],
    "record_failure": [Case(_failed), Case(lambda stage: _failed(stage, PROMOTION="bookings"))],
    "announce_failure": Case(_failed),
    "put_back_restore": PUTS_BACK(lambda stage: to_put_back(stage) | {"error": _TIMED_OUT}),
    "settle_lease": [Case(lambda stage: _settling(stage, keep=True)), Case(lambda stage: _settling(stage, keep=False))],
}
