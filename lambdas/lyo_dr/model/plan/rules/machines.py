"""The state machines that follow from the budgets must be ones that AWS Step Functions can run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta

from lyo_dr.model.machines.history import LIMIT, ROOM, events
from lyo_dr.model.machines.stages import stages_of
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.rules.causes import reads

_SHORTEST = timedelta(seconds=1)


@reads("timing", "budgets", "databases[].restore")
def history(plan: Plan) -> Iterator[str]:
    """Polling until every budget is used up leaves an execution below the limit of its history.

    One sentence, about the machine with the longest history: a remedy for that one is a remedy for all.
    """
    if plan.timing.poll < _SHORTEST:
        return
    found = {process: events(plan, process) for process in stages_of(plan)}
    process = max(found, key=lambda name: found[name])
    if found[process] > LIMIT - ROOM:
        stage = max(stages_of(plan)[process], key=lambda stage: stage.lasts * stage.lanes)
        enough = 5 * math.ceil(plan.timing.poll.total_seconds() * found[process] / (LIMIT - ROOM) / 5)
        yield (
            f"timing.poll: with these budgets the state machine {process} may need {found[process]:,} history events, "
            f"and AWS Step Functions ends an execution at {LIMIT:,}; write PT{enough}S or more, "
            f"or shorten {stage.budget}"
        )
