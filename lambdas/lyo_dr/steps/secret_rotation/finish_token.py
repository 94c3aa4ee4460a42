"""FinishToken: the accepted token becomes what new tasks read; every other byte of the secret stays."""

from __future__ import annotations

import uuid
from typing import Any

import msgspec

from lyo_dr.adapters.aws.secretsmanager import labels, move_label, stage_version
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.addresses.secret_text import value_of, with_value
from lyo_dr.decisions.rotation.cache_tokens import cache_url, with_token
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.cache import FORMER_TOKEN, NEW_TOKEN, StagedToken
from lyo_dr.model.plan import Cache, Plan
from lyo_dr.model.rotation import Rotation
from lyo_dr.services.rotation.cache_tokens import text_in, url_in


class Request(msgspec.Struct, frozen=True):
    """The rotation and what was staged."""

    rotation: Rotation
    staged: StagedToken


@step("FinishToken", Request, timeline=True)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Any:
    """Both tokens are valid meanwhile. The former version is labelled first: while it is, that token may live."""
    staged, place = request.staged, request.staged.place
    cache = ctx.plan.cache(place.cache)
    if staged.version:
        _make_current(ctx.plan, cache, staged, request.rotation)
    name = ctx.plan.secret_in(cache.secret, place.region)
    found = labels(name, place.region).versions.get(NEW_TOKEN + cache.name)
    if found is not None:
        move_label(name, place.region, NEW_TOKEN + cache.name, to=None, away_from=found)
    sentence = f"{place}: new tasks read the new token"
    return {"sentence": sentence}


def _make_current(plan: Plan, cache: Cache, staged: StagedToken, rotation: Rotation) -> None:
    region, label = staged.place.region, FORMER_TOKEN + cache.name
    name = plan.secret_in(cache.secret, region)
    text = text_in(plan, cache, region, "")
    url = value_of(text, cache.key)
    token = url_in(plan, cache, region, staged.version).token
    if cache_url(url).token == token:
        return
    found = labels(name, region).versions
    if found.get(label) != found["AWSCURRENT"]:
        move_label(name, region, label, to=found["AWSCURRENT"], away_from=found.get(label))
    # The URL of now: its address may have changed since the token was staged.
    changed = with_value(text, cache.key, with_token(url, token))
    version = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{rotation.id}/{staged.version}"))
    # In two steps: until the whole text is current, it is what is staged.
    stage_version(name, region, changed, version, NEW_TOKEN + cache.name)
    move_label(name, region, "AWSCURRENT", to=version, away_from=found["AWSCURRENT"])
