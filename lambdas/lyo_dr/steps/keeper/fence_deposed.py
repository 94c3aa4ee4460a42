"""FenceDeposed: fence the deposed region from outside, every minute until that is confirmed.

Runs in the region that took over. Two hands for one thing: the deposed region fences itself when it wakes, and this
does when its own keeper does not.
"""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.decisions.aftermath import fence_confirmed
from lyo_dr.decisions.deposed import judge_deposed, must_be_fenced
from lyo_dr.doorman import Here, step
from lyo_dr.errors import LyoDrError
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.fence import Deposed, OwnFence, Stopped
from lyo_dr.steps.fencing import stop_services
from lyo_dr.steps.telling import tell_people


class Request(msgspec.Struct, frozen=True):
    """The schedule's event, of which nothing is needed."""


@step("FenceDeposed", Request)
def handler(_request: Request, here: Here) -> dict[str, Any]:
    """One read where nobody is deposed; nothing but reads once the fence is confirmed and told."""
    record = here.system.record()
    if not must_be_fenced(record, here=here.region):
        return {"deposed": False}
    # On record since TakeAuthority; after a failover by hand it is not.
    known = here.fences.expect(record.epoch, f"deposed-epoch-{record.epoch}")
    if known.confirmed_at is None and here.system.paused() is None:
        known = _look(known, here)
    if known.confirmed_at is not None:
        tell_people(here, known.incident, fence_confirmed(here.peer, known.sentence))
    return {"deposed": True, "confirmed": known.confirmed_at is not None}


def _look(known: Deposed, here: Here) -> Deposed:
    stopped = stop_services(here.plan, here.peer, lambda name, state: _note(known, name, state, here))
    services = [service.name for service in here.plan.services]
    verdict = judge_deposed(known, here.peer, services, stopped, _own_word(stopped, here), now=here.now(), by=here.step)
    if verdict != known:
        here.fences.keep(verdict)
    if verdict.confirmed_at is not None:
        here.tell(known.incident, verdict.sentence)
    return verdict


def _note(known: Deposed, name: str, state: ServiceState, here: Here) -> None:
    if state.desired or state.minimum_capacity:
        had = {"desired": state.desired, "minimum": state.minimum_capacity, "maximum": state.maximum_capacity}
        here.incidents.note(known.incident, "FENCE", name, **had)


def _own_word(stopped: Stopped, here: Here) -> OwnFence | None:
    """What the region says of itself. A region whose services were silent is not asked a second time."""
    if not stopped.heard:
        return None
    try:
        return here.peer_fences.own()
    except LyoDrError:
        return None
