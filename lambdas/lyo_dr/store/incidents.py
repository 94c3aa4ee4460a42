"""Records of incidents, one partition key per incident, in the table of the region that handles it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from lyo_dr.adapters.aws.dynamodb import Item, Table
from lyo_dr.errors import ConditionFailed
from lyo_dr.model.incident import Incident, Line, Signal
from lyo_dr.store.timestamps import timestamp

_UNIT = timedelta(microseconds=1)
_FREE = "attribute_not_exists(pk) OR sentence = :sentence"


class Incidents:
    """Incidents, their timelines, idempotency records and checkpoints."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def open(self, incident: Incident, signal: Signal, plan_digest: str) -> None:
        """Record a new incident; idempotent."""
        head = {
            "pk": _pk(incident.id),
            "sk": "HEAD",
            "state": "open",
            "epoch": incident.epoch,
            "region": incident.region,
            "lost_region": incident.lost_region,
            "opened_at": timestamp(incident.opened_at),
            "outage_start": timestamp(incident.outage_start),
            "source": signal.source,
            "by": signal.by,
            "breach": incident.breach,
            "database": incident.database,
            "execution": incident.execution or incident.id,
            "plan": plan_digest,
        }
        try:
            self._table.put(head, condition="attribute_not_exists(pk)")
        except ConditionFailed:
            return

    def head(self, incident_id: str) -> Item | None:
        """The head record of an incident, or None."""
        return self._table.get(_pk(incident_id), "HEAD")

    def set(self, incident_id: str, **fields: Any) -> None:
        """Set fields of the incident's head."""
        self._table.change(_pk(incident_id), "HEAD", fields)

    def take_up(self, incident_id: str, execution: str, head: Item) -> bool:
        """Open a failed incident again for another execution; False when it is no longer as it was read."""
        fields = {
            "state": "open",
            "ending": "",
            "closed_at": "",
            "gate": "",
            "execution": execution,
        }
        values = {":state": head["state"], ":before": head["execution"]}
        condition = "#f0 = :state AND #f4 = :before"
        try:
            self._table.change(_pk(incident_id), "HEAD", fields, condition, values)
        except ConditionFailed:
            return False
        self._table.put({"pk": _pk(execution), "sk": "RESUMES", "incident": incident_id})
        return True

    def id_of(self, execution: str) -> str:
        """The incident that an execution works on: the one it has taken up again, or the one it is named after."""
        found = self._table.get(_pk(execution), "RESUMES")
        return execution if found is None else str(found["incident"])

    def record_once(self, incident_id: str, kind: str, name: str, **fields: Any) -> bool:
        """Write an idempotency record; False when it was there already (and stays as it is)."""
        item = {"pk": _pk(incident_id), "sk": f"NOTE#{kind}#{name}", **fields}
        try:
            self._table.put(item, condition="attribute_not_exists(pk)")
        except ConditionFailed:
            return False
        return True

    def checkpoint(self, incident_id: str, kind: str, name: str, **fields: Any) -> None:
        """Create or overwrite a checkpoint, e.g. to record progress."""
        self._table.put({"pk": _pk(incident_id), "sk": f"NOTE#{kind}#{name}", **fields})

    def read_note(self, incident_id: str, kind: str, name: str) -> Item | None:
        """An idempotency record or checkpoint, or None."""
        return self._table.get(_pk(incident_id), f"NOTE#{kind}#{name}")

    def notes(self, incident_id: str, kind: str) -> list[Item]:
        """All records of one kind."""
        return self._table.list(_pk(incident_id), f"NOTE#{kind}#")

    def add_line(self, incident_id: str, line: Line) -> None:
        """Append one line to the timeline.

        A step may say two things within one microsecond, the unit of a key: the later one is written a microsecond
        later, in the order in which they were said. The same sentence again is the same line.
        """
        at = line.at
        while not self._has_added(incident_id, at, line):
            at += _UNIT

    def _has_added(self, incident_id: str, at: datetime, line: Line) -> bool:
        stamp = timestamp(at)
        item = {"pk": _pk(incident_id), "sk": f"LINE#{stamp}#{line.step}"}
        said = {"at": stamp, "step": line.step, "sentence": line.sentence}
        try:
            self._table.put({**item, **said}, _FREE, {":sentence": line.sentence})
        except ConditionFailed:
            return False
        return True

    def timeline(self, incident_id: str) -> list[Line]:
        """Every sentence, oldest first."""
        items = self._table.list(_pk(incident_id), "LINE#")
        return [
            Line(at=datetime.fromisoformat(item["at"]), step=item["step"], sentence=item["sentence"]) for item in items
        ]


def _pk(incident_id: str) -> str:
    return f"INCIDENT#{incident_id}"
