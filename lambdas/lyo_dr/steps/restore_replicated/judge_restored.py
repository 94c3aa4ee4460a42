"""JudgeRestored: is the restored data good? If not, an earlier moment within what is replicated."""

from __future__ import annotations

from lyo_dr.context import StepContext
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.restore import Judgement, Snapshot, Window
from lyo_dr.services.failover.replicated_backups import backups_of
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.restore_instance import Judged, judge


@step("JudgeRestored", Judged, timeline=True)
@irreversible
def handler(request: Judged, ctx: StepContext) -> Judgement:
    """Held against this region's own runs, which were asked of the replica. No snapshot is replicated."""
    incident, database = request.incident, ctx.plan.database(request.database)

    def kept() -> tuple[Window, list[Snapshot]]:
        found = backups_of(ctx, incident, database)
        return (found.window if found else Window(earliest=None, latest=None)), []

    return judge(ctx, request, Attempts(ctx, incident.id, database.name), kept)
