"""CreateSecret: stage a version with the new logins in every region's copy, or resume an earlier one (idempotent)."""

from __future__ import annotations

import secrets
import uuid

import msgspec

from lyo_dr.adapters.aws.secretsmanager import move_label, stage_version, version_text
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.addresses.database_address import Login
from lyo_dr.decisions.common.addresses.secret_logins import write_logins
from lyo_dr.decisions.rotation.secret_rotation import (
    Copy,
    RotationChoice,
    cannot_rotate,
    choose_course,
    finish_course,
)
from lyo_dr.errors import RotationRefused
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.plan import SecretLogin
from lyo_dr.model.rotation import PROVEN, Rotation, Staged, UserChange
from lyo_dr.services.rotation.secret_copies import read_copies


class Request(msgspec.Struct, frozen=True):
    """The rotation and the secret."""

    rotation: Rotation
    secret: str


@step("CreateSecret", Request)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Staged:
    """Idempotent: the version's id is the rotation's token, so a retry finds it and resumes."""
    token = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{request.rotation.id}/{request.secret}"))
    regions = {region: read_copies(ctx.plan, request.secret, region) for region in request.rotation.regions}
    home = regions[request.rotation.region]
    logins = {database: [copies[database] for copies in regions.values()] for database in home}
    courses = _courses(request.secret, logins, token, ctx)
    new = {database: _login(course, home[database]) for database, course in courses.items()}
    finishes = any(course.kind == "finish" for course in courses.values())
    forms = ctx.plan.logins_of(ctx.plan.secret(request.secret))
    versions = {}
    for region, copies in regions.items():
        name = ctx.plan.secret_in(request.secret, region)
        _put_labels_right(name, copies, token, finishes=finishes)
        versions[region] = _staged(name, copies, forms, new, token)
    sentence = "; ".join(course.sentence for course in courses.values())
    ctx.record(request.rotation.id, f"{request.secret}: {sentence}")
    return Staged(
        secret=request.secret,
        users=[
            UserChange(database=database, user=course.user, retiring=course.retiring)
            for database, course in courses.items()
        ],
        versions=versions,
        old={region: old for region, copies in regions.items() if (old := _old(copies, new)) is not None},
        sentence=sentence,
    )


def _courses(secret: str, logins: dict[str, list[Copy]], token: str, ctx: StepContext) -> dict[str, RotationChoice]:
    """By database, what becomes of its login. All of a secret change in one version, so all finish, or none does."""
    found: dict[str, RotationChoice] = {}
    for name, copies in logins.items():
        fault = cannot_rotate(ctx.plan.database(name), copies)
        if fault is not None:
            raise RotationRefused(f"{secret}: {fault}")
        found[name] = choose_course(ctx.plan.database(name), copies, token)
    if not any(course.kind == "finish" for course in found.values()):
        return found
    return {
        name: course if course.kind == "finish" else finish_course(ctx.plan.database(name), logins[name])
        for name, course in found.items()
    }


def _login(course: RotationChoice, home: Copy) -> Login:
    if course.kind == "finish":
        return home.current
    if course.kind == "go_on" and home.pending is not None:
        return home.pending
    return Login(course.user, secrets.token_urlsafe(32))


def _put_labels_right(secret: str, copies: dict[str, Copy], token: str, *, finishes: bool) -> None:
    """Take up what an abandoned rotation left behind, and remember the logins the application works with."""
    copy = next(iter(copies.values()))
    if copy.pending_id not in (None, token, copy.current_id):
        # The lease is ours, so nobody works on it any more: an abandoned rotation.
        move_label(secret, copy.region, "AWSPENDING", to=None, away_from=copy.pending_id)
    proven = all(each.proven is None or each.proven == each.current for each in copies.values())
    if not finishes and proven and copy.proven_id != copy.current_id:
        move_label(secret, copy.region, PROVEN, to=copy.current_id, away_from=copy.proven_id)


def _staged(secret: str, copies: dict[str, Copy], logins: list[SecretLogin], new: dict[str, Login], token: str) -> str:
    """The id of the version with the new logins, staged unless it is there."""
    copy = next(iter(copies.values()))
    if all(each.current == new[database] for database, each in copies.items()):
        return copy.current_id
    if copy.pending_id != token or any(each.pending != new[database] for database, each in copies.items()):
        text = version_text(secret, copy.region, copy.current_id)
        stage_version(secret, copy.region, write_logins(text, logins, new), token)
    return token


def _old(copies: dict[str, Copy], new: dict[str, Login]) -> str | None:
    """The version with the logins that go; None where no other is known."""
    copy = next(iter(copies.values()))
    if any(each.proven is not None and each.proven != new[database] for database, each in copies.items()):
        return copy.proven_id
    return copy.current_id if any(each.current != new[database] for database, each in copies.items()) else None
