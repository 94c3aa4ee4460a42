"""FenceSelf: is this region deposed? Then stop what runs here and close the databases to the app. Every minute.

A region that comes back after a failover still believes that it is active. Its peer's record says otherwise.
"""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters import log
from lyo_dr.adapters.aws.functions import invoke
from lyo_dr.decisions.aftermath import fenced_itself
from lyo_dr.decisions.deposed import deposed_by, own_fence
from lyo_dr.doorman import Here, step
from lyo_dr.errors import LyoDrError
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.fence import Closure, OwnFence
from lyo_dr.model.incident import SystemRecord
from lyo_dr.steps.fencing import stop_services
from lyo_dr.steps.telling import tell_people


class Request(msgspec.Struct, frozen=True):
    """The schedule's event, of which nothing is needed."""


@step("FenceSelf", Request)
def handler(_request: Request, here: Here) -> dict[str, Any]:
    """Two reads where nothing is to be done. What is done already is looked at each minute, and left alone."""
    mine = here.system.record()
    record = deposed_by(mine, _peer_record(here), here=here.region)
    if record is None:
        return {"deposed": False}
    if record != mine:
        # First of all: everything else in this region acts by its record, the keeper of the latch for one.
        here.system.change_record(record)
    paused = here.system.paused()
    if paused is not None:
        log.warn(f"{here.region} is deposed and is not fenced: the automation is {paused}")
        return {"deposed": True, "complete": False}
    verdict = _fence(record, here)
    return {"deposed": True, "complete": verdict.complete}


def _peer_record(here: Here) -> SystemRecord | None:
    """A peer that does not answer is unknown, and unknown fences nothing."""
    try:
        return here.peer_system.record()
    except LyoDrError as silence:
        log.say(f"The record of {here.peer} is unknown: {silence}", peer=here.peer)
        return None


def _fence(record: SystemRecord, here: Here) -> OwnFence:
    book = f"deposed-epoch-{record.epoch}"

    def note(name: str, state: ServiceState) -> None:
        if state.desired or state.minimum_capacity:
            had = {"desired": state.desired, "minimum": state.minimum_capacity, "maximum": state.maximum_capacity}
            here.incidents.note(book, "FENCE", name, **had)

    stopped = stop_services(here.plan, here.region, note)
    closures = [_close(database.name, record.epoch, here) for database in here.plan.databases]
    verdict = own_fence(record, [service.name for service in here.plan.services], stopped, closures)
    if here.fences.own() != verdict:
        here.fences.say(verdict)
        here.tell(book, verdict.sentence)
    tell_people(here, book, fenced_itself(here.region, verdict.sentence))
    return verdict


def _close(database: str, epoch: int, here: Here) -> Closure:
    """Asked of the function inside the VPC. What it cannot say is not closed, and asked again next minute."""
    function = here.names.function("keeper", "CloseDatabase")
    try:
        answer = invoke(function, {"database": database, "epoch": epoch}, here.region)
    except LyoDrError as failure:
        return Closure(database=database, closed=False, reason=str(failure))
    return msgspec.convert(answer, Closure)
