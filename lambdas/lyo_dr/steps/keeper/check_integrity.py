"""CheckIntegrity, every five minutes: run the integrity queries. A run without faults is the next run's baseline.

The SQL function only queries; this one evaluates the results, stores them and publishes the metric.
"""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters import log
from lyo_dr.adapters.aws.cloudwatch import write_integrity
from lyo_dr.adapters.aws.lambda_ import invoke
from lyo_dr.adapters.aws.rds_backups import Backups, settings_to_keep
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.integrity import PATIENCE, faults_to_tell, integrity_faults, not_askable
from lyo_dr.errors import LyoDrError
from lyo_dr.handler import scheduled
from lyo_dr.model.plan import Database
from lyo_dr.model.restore import DatabaseEvidence, IntegrityCheck

_MARGIN_SECONDS = 10.0


@scheduled("CheckIntegrity")
def handler(ctx: StepContext) -> dict[str, Any]:
    """Runs in both regions: a replica has the same data, and if its primary is lost it is the only one to query.

    Only the active region publishes the metric, whose alarm opens an incident. The other one also stores the settings
    of its instance, needed to recreate it, and asks nothing of a database that has no replica there.
    """
    active = ctx.store.control.record().active_region == ctx.region
    here = ctx.plan.databases_in(ctx.region)
    kept = [] if active else [each for each in here if ctx.region in each.instances]
    anew = {each.name for each in kept if _made_anew(each, ctx)}
    asked = [each for each in here if (active or each.has_replica) and (each.integrity or each.tables)]
    return {"checked": {each.name: _check(each, ctx, tell=active, anew=each.name in anew) for each in asked}}


def _made_anew(database: Database, ctx: StepContext) -> bool:
    """Store the settings of the replica. One that was recreated after a restore has no earlier runs to compare with."""
    try:
        found = Backups(ctx.region).find(database.instance_in(ctx.region))
    except LyoDrError as refusal:
        log.warn(f"Settings of {database.name} not read: {refusal}", database=database.name)
        return False
    if found is None:
        return False
    before, settings = ctx.store.databases.settings(database.name), settings_to_keep(found)
    ctx.store.databases.keep_settings(database.name, settings)
    return bool(before) and before.get("DbiResourceId") != settings.get("DbiResourceId")


def _check(database: Database, ctx: StepContext, *, tell: bool, anew: bool) -> int | None:
    """Number of faults; None if the database could not be read, which is not a run."""
    evidence = _ask(database, ctx)
    if evidence.at is None:
        log.warn(f"Integrity of {database.name} not read: {evidence.error}", database=database.name)
        return None
    baseline = None if anew else ctx.store.databases.baseline(database.name)
    faults = integrity_faults(database.integrity, evidence.readings, baseline)
    # Only who tells has to know; the standby is asked as often.
    before = ctx.store.databases.runs(database.name, ctx.now())[-PATIENCE:] if tell else []
    run = IntegrityCheck(at=evidence.at, lsn=evidence.lsn or "", readings=evidence.readings, faults=faults)
    if database.integrity:
        ctx.store.databases.record_run(database.name, run)
    if tell:
        told = faults_to_tell(database.integrity, evidence.readings, baseline, before)
        unfit = _unfit(database, evidence, baseline)
        write_integrity(ctx.region, database.name, faults=len(told), not_asked=len(unfit))
    if faults:
        log.warn(f"The data of {database.name} deviates: {'; '.join(faults)}", database=database.name)
    return len(faults)


def _unfit(database: Database, evidence: DatabaseEvidence, baseline: IntegrityCheck | None) -> list[str]:
    """What of the plan does not fit this database: no wrong data, and known from the first run after onboarding."""
    found = [*not_askable(database.integrity, evidence.readings, baseline), *evidence.unfit]
    if found:
        log.warn(f"The plan does not fit {database.name}: {'; '.join(found)}", database=database.name)
    return found


def _ask(database: Database, ctx: StepContext) -> DatabaseEvidence:
    function = ctx.names.function("keeper", "ReadIntegrity")
    seconds = ctx.plan.timing.sql_timeout.total_seconds() + _MARGIN_SECONDS
    try:
        answer = invoke(function, {"database": database.name}, ctx.region, seconds=seconds)
    except LyoDrError as refusal:
        return DatabaseEvidence(database=database.name, error=str(refusal))
    return msgspec.convert(answer, DatabaseEvidence)
