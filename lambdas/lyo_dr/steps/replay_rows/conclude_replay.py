"""ConcludeReplay: the figures of a replay on the incident's timeline, where the person who asked for it reads them."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.guards import post_close
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident
from lyo_dr.model.plurals import counted
from lyo_dr.model.verdict import Progress
from lyo_dr.services.restore.replay_progress import COUNTED, progress_of


class Request(msgspec.Struct, frozen=True):
    """The incident, which replay this is, and its tables."""

    incident: Incident
    replay: str
    tables: list[str]


@step("ConcludeReplay", Request, timeline=True)
@post_close
def handler(request: Request, ctx: StepContext) -> Progress:
    """Added up over its tables."""
    found = [progress_of(ctx, request.incident.id, request.replay, table) for table in request.tables]
    sums = {name: sum(progress[name] for progress in found) for name in COUNTED}
    sentence = (
        f"Replay {request.replay} is done: {counted(sums['written'], 'row')} written, "
        f"{sums['already']} already present, {sums['conflicting']} skipped, {sums['refused']} refused"
    )
    ctx.store.incidents.record_once(request.incident.id, "CONCLUDED", request.replay, sentence=sentence, **sums)
    return Progress(status="ready", sentence=sentence)
