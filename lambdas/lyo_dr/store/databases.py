"""State of a database beyond one incident: its integrity runs, and its current instance."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from lyo_dr.adapters.aws.dynamodb import Item, Table
from lyo_dr.model.restore import IntegrityCheck
from lyo_dr.store.timestamps import timestamp

_LOOKED_AT_DAYS = 3
_DISOWNED = "it was read from a restored instance that was later abandoned"


class Databases:
    """The databases of one region."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def record_run(self, database: str, run: IntegrityCheck) -> None:
        """Store one run; a pointer to the newest good one avoids a search."""
        text = msgspec.json.encode(run).decode()
        self._table.put({"pk": _pk(database), "sk": f"RUN#{timestamp(run.at)}", "run": text})
        if not run.faults:
            self._table.put({"pk": _pk(database), "sk": "GOOD", "run": text})

    def baseline(self, database: str) -> IntegrityCheck | None:
        """The newest run without a fault, or None."""
        item = self._table.get(_pk(database), "GOOD")
        run = None if item is None else _run(item)
        return None if run is None or run.faults else run

    def runs(self, database: str, now: datetime) -> list[IntegrityCheck]:
        """The runs of the last days, oldest first, after the newest good one however old it is."""
        days = [now.astimezone(UTC) - timedelta(days=age) for age in reversed(range(_LOOKED_AT_DAYS))]
        found = [_run(i) for day in days for i in self._table.list(_pk(database), f"RUN#{day:%Y-%m-%d}")]
        good = self.baseline(database)
        return found if good is None or good in found else [good, *found]

    def disown_runs(self, database: str, since: datetime, now: datetime) -> None:
        """Discard good runs since then: the secrets pointed to another instance, so they checked other data.

        Such a run is neither a baseline nor proof that there was no damage.
        """
        kept = [run for run in self.runs(database, now) if not run.faults]
        disowned = [msgspec.structs.replace(run, faults=[_DISOWNED]) for run in kept if run.at >= since]
        for run in disowned:
            self.record_run(database, run)
        newest = [run for run in kept if run.at < since][-1:] or disowned[-1:]
        if disowned:
            self._table.put({"pk": _pk(database), "sk": "GOOD", "run": msgspec.json.encode(newest[0]).decode()})

    def instance(self, database: str, planned: str) -> str:
        """The identifier of the instance the database lives in: the plan's, until a restore put another in place."""
        item = self._table.get(_pk(database), "INSTANCE")
        return planned if item is None else str(item["identifier"])

    def move(self, database: str, identifier: str) -> None:
        """Record the database's current instance."""
        self._table.put({"pk": _pk(database), "sk": "INSTANCE", "identifier": identifier})

    def keep_settings(self, database: str, settings: dict[str, Any]) -> None:
        """Store the settings of the local replica, needed to recreate it once it is gone."""
        text = json.dumps(settings, sort_keys=True)
        self._table.put({"pk": _pk(database), "sk": "SETTINGS", "settings": text})

    def settings(self, database: str) -> dict[str, Any]:
        """The stored settings; empty if there are none."""
        item = self._table.get(_pk(database), "SETTINGS")
        found: dict[str, Any] = {} if item is None else json.loads(item["settings"])
        return found

    def begin_restore(self, database: str, incident_id: str) -> None:
        """Record the incident that restores the database."""
        self._table.put({"pk": _pk(database), "sk": "RESTORE", "incident": incident_id})

    def restoring(self, database: str) -> str | None:
        """The last incident that started to restore the database, finished or not."""
        item = self._table.get(_pk(database), "RESTORE")
        return None if item is None else str(item["incident"])

    def search(
        self, database: str, incident_id: str, ends: datetime, kept: str | None = None, *, closed: bool = False
    ) -> None:
        """Record a search, so that its temporary restores can be cleaned up whatever happens.

        ``closed``: it has its result, and no longer cleans up itself.
        """
        item = {"incident": incident_id, "ends": timestamp(ends), "kept": kept, "closed": closed}
        self._table.put({"pk": _pk(database), "sk": "SEARCH", **item})

    def searching(self, database: str) -> Item | None:
        """The search whose clean-up is not complete: incident, end of its budget, kept instance, if closed."""
        item = self._table.get(_pk(database), "SEARCH")
        return None if item is None or not item["incident"] else item

    def end_search(self, database: str) -> None:
        """Record that the clean-up of a search is complete."""
        self._table.put({"pk": _pk(database), "sk": "SEARCH", "incident": ""})


def _pk(database: str) -> str:
    return f"DATABASE#{database}"


def _run(item: Item) -> IntegrityCheck:
    return msgspec.json.decode(item["run"], type=IntegrityCheck)
