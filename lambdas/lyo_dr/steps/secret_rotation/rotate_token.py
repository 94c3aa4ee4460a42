"""RotateToken: send the new token to the group, wait, and test it. The current one stays valid, too."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.elasticache import change_token, read_group
from lyo_dr.context import StepContext
from lyo_dr.decisions.rotation.cache_tokens import needs_rotate, token_progress
from lyo_dr.errors import WrongState
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.cache import StagedToken
from lyo_dr.model.rotation import Rotation
from lyo_dr.model.verdict import Progress
from lyo_dr.services.rotation.cache_tokens import try_token, url_in


class Request(msgspec.Struct, frozen=True):
    """The rotation, what was staged, and when this began."""

    rotation: Rotation
    staged: StagedToken
    started_at: datetime


@step("RotateToken", Request, timeline=True)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Progress:
    """Called again until the group is stable. Another modification in progress is waited for and reported.

    Sent once: whether a second ROTATE with the same token would invalidate the current one is not documented.
    """
    staged, rotation = request.staged, request.rotation
    place, cache = staged.place, ctx.plan.cache(staged.place.cache)
    name = cache.groups[place.region]
    group = read_group(name, place.region)
    tried = try_token(ctx, place, staged.version)
    before = ctx.store.incidents.read_note(rotation.id, "ROTATED", str(place)) is not None
    if needs_rotate(group, tried, before):
        token = url_in(ctx.plan, cache, place.region, staged.version).token
        try:
            change_token(name, place.region, token, "ROTATE")
        except WrongState:
            # Somebody else was faster by a moment; the next look waits for it.
            group = msgspec.structs.replace(group, status="changing")
        else:
            ctx.store.incidents.record_once(rotation.id, "ROTATED", str(place))
            group = read_group(name, place.region)
            tried = try_token(ctx, place, staged.version)
    return token_progress(
        place, group, {"new": tried}, deadline=ctx.deadline(request.started_at, ctx.plan.budgets.capacity)
    )
