"""Rotation of a database login: when it may start, which user is next, and when the new login counts as tested."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import msgspec

from lyo_dr.decisions.common.addresses.database_address import Login
from lyo_dr.decisions.common.lease import gives_way
from lyo_dr.model.deadline import Deadline, patience
from lyo_dr.model.durations import humanize
from lyo_dr.model.incident import Lease, SystemRecord
from lyo_dr.model.plan import Database
from lyo_dr.model.rotation import LoginTry, Opening
from lyo_dr.model.verdict import Progress


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """One region's copy of a secret: its logins and their version ids. None if there is no such version."""

    region: str
    current_id: str
    current: Login
    pending_id: str | None = None
    pending: Login | None = None
    proven_id: str | None = None
    proven: Login | None = None
    rotated_by: str | None = None


class RotationChoice(msgspec.Struct, frozen=True, kw_only=True):
    """What to do with a secret: stage a new password, continue this rotation, or finish an earlier one."""

    kind: Literal["begin", "go_on", "finish"]
    user: str
    retiring: str
    abandoned: bool
    sentence: str


def may_open(
    record: SystemRecord,
    lease: Lease | None,
    *,
    here: str,
    holder: str,
    deadline: Deadline,
) -> Opening:
    """Only in the active region, and never during an incident: then it waits, as long as a recovery may take."""
    held = lease is not None and lease.holder != holder and lease.expires_at > deadline.now
    held = held and not (lease is not None and gives_way(lease, "rotation"))
    if record.active_region != here and not held:
        return Opening(
            status="not_ours", sentence=f"{record.active_region} is the active region; secrets are rotated there"
        )
    if not held or lease is None:
        return Opening(status="open", sentence="Nothing else is in progress: starting the rotation")
    if deadline.expired:
        return Opening(
            status="given_up",
            sentence=f"{lease.holder} has been in progress for more than {humanize(deadline.budget)}; "
            "nothing was rotated",
        )
    return Opening(
        status="postponed",
        sentence=f"Postponed: {lease.holder} is in progress; the rotation starts when it has ended",
        wait_seconds=patience(deadline.elapsed, timedelta(seconds=deadline.poll)),
    )


def cannot_rotate(database: Database, copies: list[Copy]) -> str | None:
    """What a person has to fix first, or None. ``copies`` start with the active region's."""
    home, roles = copies[0], database.app_roles
    if home.current.user not in roles or len(roles) != 2:
        # Unquoted: a user the plan does not know may be a part of a password in the wrong place.
        return (
            f"{database.name} alternates between {' and '.join(roles) or 'no user'}, and the secret's user is "
            "not one of two; give the plan two app_roles, one of them the user in the secret"
        )
    for copy in copies:
        if copy.rotated_by:
            return (
                f"Secrets Manager rotates the copy in {copy.region} itself; cancel that rotation, or omit this secret"
            )
    return None


def choose_course(database: Database, copies: list[Copy], token: str) -> RotationChoice:
    """Finish an unfinished rotation first: the application may still use its old login."""
    home = copies[0]
    other = next(role for role in database.app_roles if role != home.current.user)
    stuck = [copy.region for copy in copies if copy.pending_id not in (None, token, copy.current_id)]
    cleared = f"; an abandoned version is no longer pending in {' and '.join(stuck)}" if stuck else ""
    if home.pending_id == token and home.pending is not None and home.current_id != token:
        return RotationChoice(
            kind="go_on",
            user=home.pending.user,
            retiring=home.current.user,
            abandoned=bool(stuck),
            sentence=f"The new login of {home.pending.user} is staged already{cleared}",
        )
    if _unfinished(copies):
        return RotationChoice(
            kind="finish",
            user=home.current.user,
            retiring=other,
            abandoned=bool(stuck),
            sentence=f"Resuming an earlier rotation to {home.current.user}{cleared}",
        )
    return RotationChoice(
        kind="begin",
        user=other,
        retiring=home.current.user,
        abandoned=bool(stuck),
        sentence=f"A new password for {other} is staged; the application still logs in as {home.current.user}{cleared}",
    )


def finish_course(database: Database, copies: list[Copy]) -> RotationChoice:
    """Go on with the login in use: another login of the same secret is being finished, and none is begun beside it."""
    home = copies[0]
    return RotationChoice(
        kind="finish",
        user=home.current.user,
        retiring=next(role for role in database.app_roles if role != home.current.user),
        abandoned=False,
        sentence=f"The login of {home.current.user} stays, as an earlier rotation of this secret is resumed",
    )


def _unfinished(copies: list[Copy]) -> bool:
    home = copies[0]
    moved_on = home.proven is not None and home.proven != home.current
    return moved_on or any(copy.current != home.current for copy in copies)


def worst_of(logins: list[Progress]) -> Progress:
    """One progress for all logins of a secret: ready when all are, broken when one is."""
    order = {"broken": 0, "pending": 1, "ready": 2}
    worst = min(logins, key=lambda each: order[each.status])
    told = [each.sentence for each in logins if each.status == worst.status]
    return msgspec.structs.replace(worst, sentence="; ".join(told))


def login_progress(
    tries: dict[str, LoginTry],
    *,
    user: str,
    wanted: Literal["accepted", "refused"],
    deadline: Deadline,
) -> Progress:
    """Whether every region's database gives the wanted answer; a replica receives a password a little later."""
    what = f"the {'new' if wanted == 'accepted' else 'old'} login of {user}"
    unlike = {
        region: attempt
        for region, attempt in tries.items()
        if not (attempt.accepted if wanted == "accepted" else attempt.refused)
    }
    if not unlike:
        return Progress(status="ready", sentence=f"{' and '.join(tries)}: {what} is {wanted}")
    said = "; ".join(f"{region}: {'accepted' if a.accepted else a.reason}" for region, a in unlike.items())
    if not deadline.expired:
        return Progress(
            status="pending", sentence=f"Not yet: {what} should be {wanted} ({said})", wait_seconds=deadline.poll
        )
    return Progress(status="broken", sentence=f"After {humanize(deadline.elapsed)} {what} is not {wanted} ({said})")
