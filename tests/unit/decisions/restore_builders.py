"""The words of the stories about restores. Noon is when somebody looks; moments are seconds from then."""

from __future__ import annotations

from typing import Any

from lyo_dr.model.plan import Check
from lyo_dr.model.restore import DatabaseEvidence, IntegrityCheck, MassChange, Reading, Snapshot, Window
from tests.unit.builders import at

COUNT = Check(name="appointments", sql="select 1", expect="steady", may_fall_percent=1)
ORPHANS = Check(name="orphans", sql="select 1", expect="zero")


def readings(appointments: float | None = 1000, orphans: float | None = 0) -> list[Reading]:
    """What the database answers; None is no answer."""
    return [
        Reading(name="appointments", value=appointments, error=None if appointments is not None else "SQLSTATE 57014"),
        Reading(name="orphans", value=orphans, error=None if orphans is not None else "SQLSTATE 42P01"),
    ]


def a_run(seconds: float, *faults: str, **values: Any) -> IntegrityCheck:
    """A run so many seconds from noon; good without faults."""
    return IntegrityCheck(
        at=at(seconds), lsn=f"0/{abs(int(seconds)):X}", readings=readings(**values), faults=list(faults)
    )


def a_change(seconds: float, rows: int = 900, of: int = 1000, table: str = "lyo_appointments") -> MassChange:
    """One transaction that wrote many rows."""
    return MassChange(table=table, at=at(seconds), rows=rows, of=of)


def the_evidence(*changes: MassChange, **more: Any) -> DatabaseEvidence:
    """What the damaged database says at noon."""
    return DatabaseEvidence(**{"database": "bookings", "at": at(0), "lsn": "0/0", "changes": list(changes), **more})


def a_window(earliest: float = -86400, latest: float | None = -300) -> Window:
    """What RDS can restore."""
    return Window(earliest=at(earliest), latest=None if latest is None else at(latest))


def a_snapshot(name: str, seconds: float, status: str = "available") -> Snapshot:
    """A snapshot taken then."""
    return Snapshot(identifier=name, status=status, at=at(seconds))
