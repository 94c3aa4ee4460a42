"""WindDelayed: before it is promoted, the delayed replica is brought as near to the damage as is safe."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.decisions.delayed import near_enough
from lyo_dr.decisions.winding import Turn, next_turn, pace_of
from lyo_dr.doorman import Here, step
from lyo_dr.guard import guard
from lyo_dr.model.delayed import Delayed, Wound
from lyo_dr.model.incident import Incident
from lyo_dr.steps.attempts import Attempts
from lyo_dr.steps.delayed import hold, shorten, shortened_to, wind


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("WindDelayed", Request)
@guard
def handler(request: Request, here: Here) -> Wound:
    """One turn a call. It is held whenever this ends; killed in between, it is held again before the margin is used."""
    incident, attempts = request.incident, Attempts(here, request.incident.id)
    name, moment = attempts.instance(""), attempts.instead().at
    found = hold(here, incident, request.database, name)
    if found.source is None:
        return Wound(status="ready", sentence=f"{name} has left its source already")
    if moment is None:
        return Wound(status="broken", sentence=f"{name} cannot be held against a moment that is not known")
    turn = _turn(found, moment, attempts, request, here)
    if turn.do == "set":
        shorten(here, incident.id, name, turn.delay_ms)
    elif turn.winding is not None:
        wind(here, incident, request.database, name, turn.winding)
    verdict = _verdict(turn, found, moment, attempts, here)
    here.tell(incident.id, verdict.sentence)
    return verdict


def _turn(found: Delayed, moment: datetime, attempts: Attempts, request: Request, here: Here) -> Turn:
    return next_turn(
        found.replay,
        moment=moment,
        delay_ms=shortened_to(here, request.incident.id),
        own_group=found.own_group,
        late=here.now() - attempts.begun() >= here.plan.budgets.restore / 2,
        pace=pace_of(here.plan.timing),
    )


def _verdict(turn: Turn, found: Delayed, moment: datetime, attempts: Attempts, here: Here) -> Wound:
    name, at = found.identifier, found.replay.replayed_to
    if turn.do == "give up" or at is None:
        return Wound(status="broken", sentence=f"{name} is not used: {turn.sentence}")
    if turn.do != "done":
        return Wound(status="pending", sentence=f"{name}: {turn.sentence}", wait_seconds=here.poll)
    way = near_enough(name, at, moment, here.plan.objectives.rpo)
    if way.status == "restore":
        return Wound(status="broken", sentence=way.sentence)
    attempts.wind(at)
    return Wound(status="ready", sentence=way.sentence)
