"""RetireLogin: replace the old user's password by a random, unstored one, and end its sessions."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.errors import RotationRefused
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.rotation import Rekeyed, Rotation, Staged
from lyo_dr.services.common.sql_functions import ask


class Request(msgspec.Struct, frozen=True):
    """The rotation and what was staged."""

    rotation: Rotation
    staged: Staged


@step("RetireLogin", Request)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Rekeyed:
    """Only after the application was seen to work on the new login. The function refuses the user in use."""
    staged, ended = request.staged, 0
    for each in staged.users:
        asked = {
            "secret": staged.secret,
            "database": each.database,
            "user": each.retiring,
            "epoch": request.rotation.epoch,
        }
        answer = ask(ctx, "RetireUser", asked, Rekeyed)
        if not answer.done:
            raise RotationRefused(f"{staged.secret}: {each.retiring} was not retired: {answer.reason}")
        ended += answer.ended
        ctx.record(
            request.rotation.id,
            f"{staged.secret}: {each.retiring} has a random password that is not stored; "
            f"sessions ended: {answer.ended}",
        )
    return Rekeyed(done=True, reason="set", ended=ended)
