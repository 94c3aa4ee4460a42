"""RetireToken: make only the new token valid, end all sessions, and test that the old one is refused."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.elasticache import change_token, read_group
from lyo_dr.adapters.aws.secretsmanager import labels, move_label
from lyo_dr.context import StepContext
from lyo_dr.decisions.rotation.cache_tokens import needs_set, token_progress
from lyo_dr.errors import WrongState
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.cache import FORMER_TOKEN, CacheGroup, SessionsEnded, StagedToken
from lyo_dr.model.rotation import Rotation
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.sql_functions import ask
from lyo_dr.services.rotation.cache_tokens import try_token, url_in


class Request(msgspec.Struct, frozen=True):
    """The rotation, what was staged, and when retiring began."""

    rotation: Rotation
    staged: StagedToken
    started_at: datetime


@step("RetireToken", Request)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Progress:
    """Never while the token in use is not accepted. Sessions end last: with the old token none can begin any more."""
    place, cache = request.staged.place, ctx.plan.cache(request.staged.place.cache)
    name, label = cache.groups[place.region], FORMER_TOKEN + cache.name
    secret = ctx.plan.secret_in(cache.secret, place.region)
    former = labels(secret, place.region).versions.get(label)
    if former is None:
        return Progress(status="ready", sentence=f"{place}: no former token is on record, so none was tested")
    group = read_group(name, place.region)
    new, old = try_token(ctx, place, ""), try_token(ctx, place, former)
    if needs_set(group, new, old):
        try:
            change_token(name, place.region, url_in(ctx.plan, cache, place.region, "").token, "SET")
            group = read_group(name, place.region)
        except WrongState:
            group = msgspec.structs.replace(group, status="changing")
        old = try_token(ctx, place, former)
    verdict = token_progress(
        place, group, {"new": new, "old": old}, deadline=ctx.deadline(request.started_at, ctx.plan.budgets.capacity)
    )
    if verdict.status == "ready":
        verdict = msgspec.structs.replace(verdict, sentence=f"{verdict.sentence}; {_end(request, group, ctx)}")
        move_label(secret, place.region, label, to=None, away_from=former)
    ctx.record(request.rotation.id, verdict.sentence)
    return verdict


def _end(request: Request, group: CacheGroup, ctx: StepContext) -> str:
    place = request.staged.place
    asked = {"cache": place.cache, "nodes": group.nodes}
    answer = ask(ctx, "EndCacheSessions", asked, SessionsEnded, region=place.region)
    return f"connections ended: {answer.ended}"
