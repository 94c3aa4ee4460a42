"""JudgeRestored: is the restored data good? If not, what is tried next."""

from __future__ import annotations

from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.context import StepContext
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.restore import Judgement, Snapshot, Window
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.restore_instance import Judged, judge


@step("JudgeRestored", Judged, timeline=True)
@irreversible
def handler(request: Judged, ctx: StepContext) -> Judgement:
    """What is tried next is within the backups of the damaged instance, or one of its snapshots."""
    attempts, backups = Attempts(ctx, request.incident.id), Backups(ctx.region)

    def kept() -> tuple[Window, list[Snapshot]]:
        damaged = attempts.damaged(request.database)
        return backups.window(damaged), backups.snapshots(damaged)

    return judge(ctx, request, attempts, kept)
