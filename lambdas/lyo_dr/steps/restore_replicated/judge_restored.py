"""JudgeRestored: is the restored data good? If not, an earlier moment within what is replicated."""

from __future__ import annotations

from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.restore import Judgement, Snapshot, Window
from lyo_dr.steps.attempts import Attempts
from lyo_dr.steps.beside import Judged, judge
from lyo_dr.steps.replicated import backups_of


@step("JudgeRestored", Judged)
@guard
def handler(request: Judged, here: Here) -> Judgement:
    """Held against this region's own runs, which were asked of the replica. No snapshot is replicated."""
    incident, database = request.incident, here.plan.database(request.database)

    def kept() -> tuple[Window, list[Snapshot]]:
        found = backups_of(here, incident, database)
        return (found.window if found else Window(earliest=None, latest=None)), []

    return judge(here, request, Attempts(here, incident.id, database.name), kept)
