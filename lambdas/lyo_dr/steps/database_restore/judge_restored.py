"""JudgeRestored: is the restored data good? If not, what is tried next."""

from __future__ import annotations

from lyo_dr.adapters.aws.backups import Backups
from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.restore import Judgement, Snapshot, Window
from lyo_dr.steps.attempts import Attempts
from lyo_dr.steps.beside import Judged, judge


@step("JudgeRestored", Judged)
@guard
def handler(request: Judged, here: Here) -> Judgement:
    """What is tried next is within the backups of the damaged instance, or one of its snapshots."""
    attempts, backups = Attempts(here, request.incident.id), Backups(here.region)

    def kept() -> tuple[Window, list[Snapshot]]:
        damaged = attempts.damaged(request.database)
        return backups.window(damaged), backups.snapshots(damaged)

    return judge(here, request, attempts, kept)
