"""SetSecret: set the other user's new password. The application keeps using its current login."""

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


@step("SetSecret", Request)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Rekeyed:
    """The function in the VPC reads the staged version itself; doing it twice sets the same password again."""
    staged = request.staged
    for each in staged.users:
        asked = {
            "secret": staged.secret,
            "database": each.database,
            "version": staged.versions[ctx.region],
            "compared_with": each.retiring,
            "epoch": request.rotation.epoch,
        }
        answer = ask(ctx, "SetPassword", asked, Rekeyed)
        if not answer.done:
            raise RotationRefused(f"{staged.secret}: the password of {each.user} was not set: {answer.reason}")
        ctx.record(request.rotation.id, f"{staged.secret}: {each.user} has its new password in {each.database}")
    return Rekeyed(done=True, reason="set")
