"""Recorded temporary restores of a search, and their cleanup."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lyo_dr.adapters.aws.rds_backups import Backups, is_thrown_away, made_by
from lyo_dr.context import StepContext
from lyo_dr.errors import WrongState
from lyo_dr.model.search import Observation, Probe


class Probes:
    """Those one incident has made of one database; the instances are found by the notes, and known by their tags."""

    def __init__(self, ctx: StepContext, incident_id: str, database: str) -> None:
        self._ctx = ctx
        self._incident_id = incident_id
        self._planned = ctx.plan.database(database).instance_in(ctx.region)
        self._backups = Backups(ctx.region)

    def name(self, probe: Probe) -> str:
        """The instance of a probe."""
        return self._ctx.names.probe(self._planned, self._incident_id, probe.number)

    def plan(self, probe: Probe) -> None:
        """Write down that it is to be made, once: planned again after a crash, the round stays the same."""
        self._note("PROBE", probe.number, **self._fields(probe, made=False))

    def begin(self, probe: Probe) -> None:
        """Write it down before it is made: what is not on record could not be found again, and is not deleted."""
        self._ctx.store.incidents.checkpoint(
            self._incident_id, "PROBE", f"{probe.number:03}", **self._fields(probe, made=True)
        )

    def judge(self, probe: Probe, faults: list[str] | None) -> None:
        """What it said: damaged by these faults, or good; None: it came to nothing."""
        result = "lost" if faults is None else "damaged" if faults else "good"
        self._note("LOOKED", probe.number, result=result, faults=faults or [])

    def looks(self) -> list[Observation]:
        """Every one that was begun, in the order of their numbers. One that is only planned has no instance yet."""
        said = {_number(note): note for note in self._notes("LOOKED")}
        gone = {_number(note): datetime.fromisoformat(note["ended"]) for note in self._notes("GONE")}
        begun = [note for note in self._notes("PROBE") if note.get("made", True)]
        return [self._look(note, said.get(_number(note), {}), gone.get(_number(note))) for note in begun]

    def sweep(self, keep: str | None) -> list[str]:
        """Delete all but one; the names of those RDS does not delete now. What carries no tag of a probe stays."""
        return [look.instance for look in self.looks() if look.instance != keep and not self._gone(look)]

    def keep(self, name: str, *, protected: bool) -> bool:
        """Let one live on, and protect it from deletion where its source is; False where RDS refuses now."""
        found = self._backups.describe(name)
        if not is_thrown_away(found):
            return True
        try:
            self._backups.keep(found, protected=protected)
        except WrongState:
            return False
        return True

    def _gone(self, look: Observation) -> bool:
        if look.ended is not None:
            return True
        found = self._backups.find(look.instance)
        ours = found is not None and made_by(found, self._incident_id) and is_thrown_away(found)
        if found is not None and ours and not self._delete(look.instance, found["DBInstanceStatus"]):
            return False
        self._note("GONE", look.probe.number, ended=self._ctx.now().isoformat())
        return True

    def _delete(self, name: str, status: str) -> bool:
        """One that is being made is waited for: no document says that RDS would delete it then."""
        if status in ("creating", "deleting"):
            return status == "deleting"
        try:
            self._backups.delete(name)
        except WrongState:
            return False
        return True

    def _look(self, note: dict[str, Any], said: dict[str, Any], ended: datetime | None) -> Observation:
        probe = Probe(number=_number(note), at=datetime.fromisoformat(note["moment"]))
        return Observation(
            probe=probe,
            instance=self.name(probe),
            begun=datetime.fromisoformat(note["begun"]),
            result=said.get("result", "pending"),
            faults=said.get("faults", []),
            ended=ended,
        )

    def _fields(self, probe: Probe, *, made: bool) -> dict[str, Any]:
        return {"moment": probe.at.isoformat(), "begun": self._ctx.now().isoformat(), "made": made}

    def _notes(self, kind: str) -> list[dict[str, Any]]:
        return self._ctx.store.incidents.notes(self._incident_id, kind)

    def _note(self, kind: str, number: int, **fields: Any) -> None:
        self._ctx.store.incidents.record_once(self._incident_id, kind, f"{number:03}", **fields)


def sweep_former(ctx: StepContext, database: str, incident_id: str) -> list[str]:
    """Clean up what a search of another incident left behind when it was cut off; the names of what is left still."""
    former = ctx.store.databases.searching(database)
    if former is None or former["incident"] == incident_id:
        return []
    return Probes(ctx, former["incident"], database).sweep(former.get("kept"))


def _number(note: dict[str, Any]) -> int:
    return int(str(note["sk"]).rpartition("#")[2])
