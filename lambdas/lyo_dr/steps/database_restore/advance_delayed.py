"""AdvanceDelayed: replay the delayed replica as close to the damage as is safe, before its promotion."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.advance import AdvanceStep, next_turn, pace_of
from lyo_dr.decisions.restore.delayed_replica import near_enough
from lyo_dr.guards import irreversible
from lyo_dr.handler import step
from lyo_dr.model.delayed_replica import AdvanceResult, Delayed
from lyo_dr.model.incident import Incident
from lyo_dr.services.restore.attempts import Attempts
from lyo_dr.services.restore.delayed_replica import hold, shorten, shortened_to, wind


class Request(msgspec.Struct, frozen=True):
    """The incident and the database."""

    incident: Incident
    database: str


@step("AdvanceDelayed", Request)
@irreversible
def handler(request: Request, ctx: StepContext) -> AdvanceResult:
    """One turn a call. It is held whenever this ends; killed in between, it is held again before the margin is used."""
    incident, attempts = request.incident, Attempts(ctx, request.incident.id)
    name, moment = attempts.instance(""), attempts.instead().at
    found = hold(ctx, incident, request.database, name)
    if found.source is None:
        return AdvanceResult(status="ready", sentence=f"{name} is already detached from its source")
    if moment is None:
        return AdvanceResult(status="broken", sentence=f"{name} cannot be compared with an unknown recovery point")
    turn = _turn(found, moment, attempts, request, ctx)
    if turn.do == "set":
        shorten(ctx, incident.id, name, turn.delay_ms)
    elif turn.winding is not None:
        wind(ctx, incident, request.database, name, turn.winding)
    rpo = ctx.plan.rpo_of(ctx.plan.database(request.database))
    verdict = _verdict(turn, found, moment, rpo, ctx)
    if verdict.status == "ready" and found.replay.replayed_to is not None:
        attempts.wind(found.replay.replayed_to)
    ctx.record(incident.id, verdict.sentence)
    return verdict


def _turn(found: Delayed, moment: datetime, attempts: Attempts, request: Request, ctx: StepContext) -> AdvanceStep:
    return next_turn(
        found.replay,
        moment=moment,
        delay_ms=shortened_to(ctx, request.incident.id),
        own_group=found.own_group,
        late=ctx.now() - attempts.begun() >= ctx.plan.budgets.restore / 2,
        pace=pace_of(ctx.plan.timing),
    )


def _verdict(turn: AdvanceStep, found: Delayed, moment: datetime, rpo: timedelta, ctx: StepContext) -> AdvanceResult:
    name, at = found.identifier, found.replay.replayed_to
    if turn.do == "give up" or at is None:
        return AdvanceResult(status="broken", sentence=f"{name} is not used: {turn.sentence}")
    if turn.do != "done":
        return AdvanceResult(status="pending", sentence=f"{name}: {turn.sentence}", wait_seconds=ctx.poll)
    way = near_enough(name, at, moment, rpo)
    if way.status == "restore":
        return AdvanceResult(status="broken", sentence=way.sentence)
    return AdvanceResult(status="ready", sentence=way.sentence)
