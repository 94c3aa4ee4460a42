"""The cases of ``finish_evidence``."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.killed.cases.preserve_breach import GAP, preserving
from tests.killed.harness import Case
from tests.killed.stage import Stage
from tests.unit.builders import NOON


def _late(stage: Stage) -> dict[str, Any]:
    event = preserving(stage)
    name = stage.world.ctx().names.evidence(stage.plan.databases[0].instances["us-west-2"], event["incident"].id)
    stage.calls._rds.create_db_snapshot(  # type: ignore[attr-defined]
        {"DBSnapshotIdentifier": name, "DBInstanceIdentifier": stage.plan.databases[0].instances["us-west-2"]}
    )
    return event | {"started_at": NOON - stage.plan.evidence.late_after - timedelta(minutes=1)}


def _exporting(stage: Stage) -> dict[str, Any]:
    event = preserving(stage)
    stage.kept["exports"] = exports = list[dict[str, Any]]()

    def answered(_region: str, operation: str, asked: dict[str, Any]) -> Any:
        if operation == "DescribeExportTasks":
            return {"exportTasks": exports}
        exports.append({"taskId": "1", "taskName": asked["taskName"], "status": {"code": "RUNNING"}})
        return {"taskId": "1"}

    stage.calls.services["logs"] = answered
    return event


CASES = {
    "preserve_late": Case(
        _late,
        otherwise=dict.fromkeys(("cloudtrail:LookupEvents", "s3:PutObject", "rds:DescribeDBSnapshots"), GAP),
    ),
    "export_logs": Case(
        _exporting, otherwise=dict.fromkeys(("logs:DescribeExportTasks", "logs:CreateExportTask"), GAP)
    ),
    "seal_again": Case(lambda stage: preserving(stage, so_far={}), otherwise={"s3:PutObject": GAP}),
}
