"""Every five minutes: is the data right? Each run is kept, and one without faults is the next run's baseline.

The SQL function asks and can do nothing else; this one judges, remembers and tells the metric.
"""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters import environment, log
from lyo_dr.adapters.aws.functions import invoke
from lyo_dr.adapters.aws.metrics import write_integrity
from lyo_dr.decisions.integrity import integrity_faults
from lyo_dr.doorman import Here
from lyo_dr.errors import LyoDrError
from lyo_dr.model.plan import Database
from lyo_dr.model.restore import Evidence, Run

_MARGIN_SECONDS = 10.0


def handler(event: dict[str, Any], _context: object = None) -> dict[str, Any]:
    """In the active region only: a replica says the same a moment later."""
    if event.get("warm") is True:
        return {"warm": True}
    here = Here(environment.plan(), environment.region(), "CheckIntegrity")
    if here.system.record().active_region != here.region:
        return {"checked": {}}
    asked = [database for database in here.plan.databases if database.integrity]
    return {"checked": {database.name: _check(database, here) for database in asked}}


def _check(database: Database, here: Here) -> int | None:
    """The number of faults; None when the database was not read, which is no run."""
    evidence = _ask(database, here)
    if evidence.at is None:
        log.warn(f"The integrity of {database.name} was not read: {evidence.error}", database=database.name)
        return None
    faults = integrity_faults(database.integrity, evidence.readings, here.databases.baseline(database.name))
    run = Run(at=evidence.at, lsn=evidence.lsn or "", readings=evidence.readings, faults=faults)
    here.databases.record_run(database.name, run)
    write_integrity(here.region, database.name, faults=len(faults))
    if faults:
        log.warn(f"The data of {database.name} deviates: {'; '.join(faults)}", database=database.name)
    return len(faults)


def _ask(database: Database, here: Here) -> Evidence:
    function = here.names.function("keeper", "ReadIntegrity")
    seconds = here.plan.timing.sql_timeout.total_seconds() + _MARGIN_SECONDS
    try:
        answer = invoke(function, {"database": database.name}, here.region, seconds=seconds)
    except LyoDrError as refusal:
        return Evidence(database=database.name, error=str(refusal))
    return msgspec.convert(answer, Evidence)
