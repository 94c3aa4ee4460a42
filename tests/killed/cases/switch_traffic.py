"""The cases of ``switch_traffic``."""

from __future__ import annotations

from typing import Any

from lyo_dr.model.plan import Plan
from tests.killed.given import an_event
from tests.killed.harness import Case
from tests.killed.stage import Stage
from tests.plans import lyo_plan
from tests.unit.builders import IRELAND, NOON, OREGON


def _by_record() -> Plan:
    targets = {IRELAND: {"address": "198.51.100.7"}, OREGON: {"address": "192.0.2.1"}}
    return lyo_plan(traffic__strategy="record", traffic__targets=targets)


def _zone(stage: Stage) -> None:
    record = {
        "Name": stage.plan.main_front().name,
        "Type": "A",
        "ResourceRecords": [{"Value": "198.51.100.7"}],
        "TTL": 60,
    }
    stage.kept["record"] = record

    def change(asked: dict[str, Any]) -> dict[str, Any]:
        (wanted,) = asked["ChangeBatch"]["Changes"]
        record.update(wanted["ResourceRecordSet"])
        return {"ChangeInfo": {"Id": "/change/C1", "Status": "PENDING", "SubmittedAt": NOON}}

    stage.calls.played |= {
        "route53:ListResourceRecordSets": lambda _: {"ResourceRecordSets": [record]},
        "route53:ChangeResourceRecordSets": change,
        "route53:GetChange": lambda _: {"ChangeInfo": {"Id": "/change/C1", "Status": "INSYNC", "SubmittedAt": NOON}},
    }


def _record(stage: Stage) -> dict[str, Any]:
    _zone(stage)
    return an_event(stage)


def _change(stage: Stage) -> dict[str, Any]:
    _zone(stage)
    return an_event(
        stage,
        change={"changes": [{"name": stage.plan.main_front().name, "id": "C1"}], "submitted_at": NOON},
        started_at=NOON,
    )


def _moving(stage: Stage) -> dict[str, Any]:
    stage.dns = lambda name: ["198.51.100.7" if name == stage.plan.main_front().name else "192.0.2.1"]
    return an_event(stage, started_at=NOON)


CASES = {
    "take_authority": Case(an_event),
    "throw_latch": Case(an_event),
    "check_traffic": Case(_moving),
    "change_record": Case(_record, plan=_by_record),
    "check_change": Case(_change, plan=_by_record, reads_only=True),
}
