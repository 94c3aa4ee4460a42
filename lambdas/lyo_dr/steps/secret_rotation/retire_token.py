"""RetireToken: only the new token is valid from here on, whoever is connected has to say it, and the old is tried."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.elasticache import change_token, read_group
from lyo_dr.adapters.aws.secrets import labels, move_label
from lyo_dr.decisions.tokens import needs_set, token_progress
from lyo_dr.doorman import Here, step
from lyo_dr.errors import WrongState
from lyo_dr.guard import rotating
from lyo_dr.model.cache import FORMER_TOKEN, CacheGroup, SessionsEnded, StagedToken
from lyo_dr.model.rotation import Rotation
from lyo_dr.model.verdict import Progress
from lyo_dr.steps.rotating import ask
from lyo_dr.steps.tokens import try_token, url_in


class Request(msgspec.Struct, frozen=True):
    """The rotation, what was staged, and when retiring began."""

    rotation: Rotation
    staged: StagedToken
    started_at: datetime


@step("RetireToken", Request)
@rotating
def handler(request: Request, here: Here) -> Progress:
    """Never while the token in use is not accepted. Sessions end last: with the old token none can begin any more."""
    place, cache = request.staged.place, here.plan.cache(request.staged.place.cache)
    name, label = cache.groups[place.region], FORMER_TOKEN + cache.name
    former = labels(cache.secret, place.region).versions.get(label)
    if former is None:
        return Progress(status="ready", sentence=f"{place}: no former token is on record, so none was tried")
    group = read_group(name, place.region)
    new, old = try_token(here, place, ""), try_token(here, place, former)
    if needs_set(group, new, old):
        try:
            change_token(name, place.region, url_in(cache, place.region, "").token, "SET")
            group = read_group(name, place.region)
        except WrongState:
            group = msgspec.structs.replace(group, status="changing")
        old = try_token(here, place, former)
    verdict = token_progress(
        place,
        group,
        {"new": new, "old": old},
        started_at=request.started_at,
        budget=here.plan.budgets.capacity,
        now=here.now(),
        poll=here.poll,
    )
    if verdict.status == "ready":
        verdict = msgspec.structs.replace(verdict, sentence=f"{verdict.sentence}; {_end(request, group, here)}")
        move_label(cache.secret, place.region, label, to=None, away_from=former)
    here.tell(request.rotation.id, verdict.sentence)
    return verdict


def _end(request: Request, group: CacheGroup, here: Here) -> str:
    place = request.staged.place
    asked = {"cache": place.cache, "nodes": group.nodes}
    answer = ask(here, "EndCacheSessions", asked, SessionsEnded, region=place.region)
    return f"{answer.ended} connections were ended"
