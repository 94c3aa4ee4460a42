"""What is remembered of a database beyond one incident: its integrity runs, and the instance it lives in now."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from lyo_dr.adapters.aws.dynamodb import Item, Table
from lyo_dr.model.restore import IntegrityCheck
from lyo_dr.store.timestamps import timestamp

_KEPT = timedelta(days=35)
_LOOKED_AT_DAYS = 3
_DISOWNED = "it was read from a restored instance that was given up again"


class Databases:
    """The databases of one region."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def record_run(self, database: str, run: IntegrityCheck) -> None:
        """Keep one run; the newest good one is pointed to, so that it is found without a search."""
        text = msgspec.json.encode(run).decode()
        expires = int((run.at + _KEPT).timestamp())
        self._table.put({"pk": _pk(database), "sk": f"RUN#{timestamp(run.at)}", "run": text, "expires": expires})
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
        """What was good since then was not the data of this database: its secrets led elsewhere for a while.

        Such a run is no baseline, and no moment at which there was no damage.
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
        """From now on the database lives in this instance."""
        self._table.put({"pk": _pk(database), "sk": "INSTANCE", "identifier": identifier})

    def keep_settings(self, database: str, settings: dict[str, Any]) -> None:
        """What the replica here is made of, for the day on which it is gone and a database has to be made anew."""
        text = json.dumps(settings, sort_keys=True)
        self._table.put({"pk": _pk(database), "sk": "SETTINGS", "settings": text})

    def settings(self, database: str) -> dict[str, Any]:
        """The same; empty when none were ever seen."""
        item = self._table.get(_pk(database), "SETTINGS")
        found: dict[str, Any] = {} if item is None else json.loads(item["settings"])
        return found

    def begin_restore(self, database: str, incident_id: str) -> None:
        """From now on this incident restores the database."""
        self._table.put({"pk": _pk(database), "sk": "RESTORE", "incident": incident_id})

    def restoring(self, database: str) -> str | None:
        """The incident that has begun to restore the database last, whether it came to an end or not."""
        item = self._table.get(_pk(database), "RESTORE")
        return None if item is None else str(item["incident"])

    def search(self, database: str, incident_id: str, ends: datetime, kept: str | None = None) -> None:
        """Write down who searches, so that what it restores is found again whatever happens to it."""
        item = {"incident": incident_id, "ends": timestamp(ends), "kept": kept}
        self._table.put({"pk": _pk(database), "sk": "SEARCH", **item})

    def searching(self, database: str) -> Item | None:
        """The search that is going on, or was never ended: incident, the end of its budget, the instance it keeps."""
        item = self._table.get(_pk(database), "SEARCH")
        return None if item is None or not item["incident"] else item

    def end_search(self, database: str) -> None:
        """Nothing of a search is left."""
        self._table.put({"pk": _pk(database), "sk": "SEARCH", "incident": ""})


def _pk(database: str) -> str:
    return f"DATABASE#{database}"


def _run(item: Item) -> IntegrityCheck:
    return msgspec.json.decode(item["run"], type=IntegrityCheck)
