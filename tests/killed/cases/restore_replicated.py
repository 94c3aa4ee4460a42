"""The cases of ``restore_replicated``: most of its steps are those of other machines."""

from __future__ import annotations

from typing import Any

from lyo_dr.adapters.aws.rds_backups import settings_to_keep
from lyo_dr.model.restore import DatabaseEvidence, NewInstance, Target
from lyo_dr.services.restore.attempts import Attempts
from tests.killed.cases import database_restore, promote_database
from tests.killed.cases.database_restore import answers
from tests.killed.given import of_database
from tests.killed.harness import Case
from tests.killed.rds import all_available, given_rds
from tests.killed.stage import Stage
from tests.unit.builders import OREGON, at
from tests.unit.steps.restore_replicated.test_restore_replicated import ARN, LIKE


def _replicated(stage: Stage) -> dict[str, Any]:
    rds = given_rds(stage)
    rds.backup_arn = ARN
    stage.world.ctx().store.databases.keep_settings("bookings", settings_to_keep(LIKE))
    return of_database(stage)


def _chosen(stage: Stage) -> dict[str, Any]:
    event = _replicated(stage)
    Attempts(stage.world.ctx(), event["incident"].id, "bookings").add(1, Target(kind="latest", at=at(-420)))
    return event


def _judging(stage: Stage, value: float) -> dict[str, Any]:
    beside = NewInstance(status="ready", sentence="", identifier="x", host="h", port=1)
    return _chosen(stage) | {"beside": beside, "restored": answers(stage, value)}


def _renewing(stage: Stage) -> dict[str, Any]:
    service = next(one for (region, _), one in stage.services.found.items() if region == OREGON)
    service.desired, service.limits = 2, [2, 4]
    return _chosen(stage) | {"restored": answers(stage)}


_SILENT = DatabaseEvidence(database="bookings", error="TimeoutError")
CASES = {
    **{
        name: database_restore.CASES[name]
        for name in ("align_logins", "point_secrets", "read_evidence", "read_restored", "warm_tables")
    },
    **{name: promote_database.CASES[name] for name in ("prove_by_write", "accept_proof")},
    "choose_recovery_point": Case(lambda stage: _replicated(stage) | {"evidence": _SILENT}),
    "restore_to_new_instance": Case(_chosen, until="ready", between=all_available),
    "judge_restored": [
        Case(lambda stage: _judging(stage, 0.0), reads_only=True),
        Case(lambda stage: _judging(stage, 10**6)),
    ],
    "renew_services": Case(_renewing, until="ready"),
}
