"""Trying a database login of a rotation in every region that has a copy of its secret."""

from __future__ import annotations

from typing import Literal

from lyo_dr.context import StepContext
from lyo_dr.decisions.rotation.secret_rotation import login_progress, worst_of
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.rotation import LoginTry, Staged
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.sql_functions import ask


def try_logins(
    ctx: StepContext, staged: Staged, *, wanted: Literal["accepted", "refused"], deadline: Deadline
) -> Progress:
    """The new logins have to be accepted, or the old ones refused; each is read from the version that holds it."""
    new = wanted == "accepted"
    versions = staged.versions if new else staged.old
    found = []
    for each in staged.users:
        asked = {"secret": staged.secret, "database": each.database}
        tries = {
            region: ask(ctx, "TryLogin", {**asked, "version": version}, LoginTry, region=region)
            for region, version in versions.items()
        }
        user = each.user if new else each.retiring
        found.append(login_progress(tries, user=user, wanted=wanted, deadline=deadline))
    return worst_of(found)
