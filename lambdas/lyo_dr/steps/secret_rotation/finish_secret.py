"""FinishSecret: the tested version becomes the current one, here first and then in the standby's copy."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters.aws.secretsmanager import labels, move_label
from lyo_dr.context import StepContext
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.rotation import Rotation, Staged


class Request(msgspec.Struct, frozen=True):
    """The rotation and what was staged."""

    rotation: Rotation
    staged: Staged


@step("FinishSecret", Request, timeline=True)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Any:
    """Both logins are valid meanwhile, so it does not matter which copy is read in between."""
    staged = request.staged
    users = [each.user for each in staged.users]
    for region in request.rotation.regions:
        _finish(ctx.plan.secret_in(staged.secret, region), region, staged.versions[region])
    what = f"{' and '.join(users)} {'is the login' if len(users) == 1 else 'are the logins'} of new tasks"
    sentence = f"{staged.secret}: {what} in {' and '.join(request.rotation.regions)}"
    return {"sentence": sentence}


def _finish(secret: str, region: str, version: str) -> None:
    found = labels(secret, region).versions
    if found["AWSCURRENT"] != version:
        move_label(secret, region, "AWSCURRENT", to=version, away_from=found["AWSCURRENT"])
    if labels(secret, region).versions.get("AWSPENDING") == version:
        move_label(secret, region, "AWSPENDING", to=None, away_from=version)
