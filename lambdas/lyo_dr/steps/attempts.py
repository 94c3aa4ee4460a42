"""The attempts of a restore, as they are written down: what every state after a crash goes on from."""

from __future__ import annotations

from datetime import datetime

from lyo_dr.doorman import Here
from lyo_dr.model.restore import Evidence, Run, Target


class Attempts:
    """The attempts of one incident, the first is number 1; with ``database`` those of one of several."""

    def __init__(self, here: Here, incident_id: str, database: str | None = None) -> None:
        self._here = here
        self._incident_id = incident_id
        self._kind = "ATTEMPT" if database is None else f"ATTEMPT-OF#{database}"

    def add(self, number: int, target: Target) -> None:
        """Write an attempt down, once."""
        at = target.at.isoformat() if target.at else None
        self._here.incidents.note(
            self._incident_id,
            self._kind,
            f"{number:02}",
            what=target.kind,
            at=at,
            snapshot=target.snapshot,
            begun=self._here.now().isoformat(),
        )

    def all(self) -> list[Target]:
        """Every attempt, in order; the last is the one at work."""
        notes = self._here.incidents.notes(self._incident_id, self._kind)
        return [
            Target(
                kind=note["what"],
                at=datetime.fromisoformat(note["at"]) if note["at"] else None,
                snapshot=note["snapshot"],
            )
            for note in notes
        ]

    def begun(self) -> datetime:
        """When the attempt at work was written down: each has the whole budget for itself."""
        return datetime.fromisoformat(self._here.incidents.notes(self._incident_id, self._kind)[-1]["begun"])

    def damaged(self, database: str) -> str:
        """The instance the database lived in when this incident began."""
        note = self._here.incidents.read_note(self._incident_id, "DAMAGED", database)
        return str((note or {})["instance"])


def keep_as_good(here: Here, database: str, restored: Evidence) -> None:
    """What a restored database answered is the baseline from now on.

    The one before may hold later work, which was given up: held against that, the restored data would look damaged.
    Only once users are served by it; a restore that was called off leaves the baseline as it is.
    """
    if restored.at is not None:
        run = Run(at=restored.at, lsn=restored.lsn or "", readings=restored.readings, faults=[])
        here.databases.record_run(database, run)
