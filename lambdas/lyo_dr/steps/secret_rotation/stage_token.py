"""StageToken: stage a new cache token next to the current version, or resume an earlier one (idempotent)."""

from __future__ import annotations

import json

import msgspec

from lyo_dr.adapters.aws.secretsmanager import hand_over, labels
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.addresses.secret_text import value_of
from lyo_dr.decisions.rotation.cache_tokens import new_token, token_course, with_token
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.cache import NEW_TOKEN, StagedToken, TokenPlace
from lyo_dr.model.rotation import Rotation
from lyo_dr.services.rotation.cache_tokens import read_tokens, text_in


class Request(msgspec.Struct, frozen=True):
    """The rotation and whose token."""

    rotation: Rotation
    place: TokenPlace


@step("StageToken", Request, timeline=True)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> StagedToken:
    """A staged version holds the one key, under a label of its own; whatever is repeated finds it by that label."""
    place = request.place
    cache = ctx.plan.cache(place.cache)
    copy = read_tokens(ctx.plan, cache, place.region)
    kind, sentence = token_course(place, copy)
    label, version = NEW_TOKEN + cache.name, copy.staged_id or ""
    if kind == "begin":
        url = with_token(value_of(text_in(ctx.plan, cache, place.region, ""), cache.key), new_token())
        name = ctx.plan.secret_in(cache.secret, place.region)
        hand_over(name, place.region, label, json.dumps({cache.key: url}))
        version = labels(name, place.region).versions[label]
    # Finished before: the current version holds the new token.
    return StagedToken(place=place, kind=kind, version="" if kind == "finish" else version, sentence=sentence)
