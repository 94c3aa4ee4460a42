"""CreateSecret: stage a version with the new login in every region's copy, or resume an earlier one (idempotent)."""

from __future__ import annotations

import secrets
import uuid

import msgspec

from lyo_dr.adapters.aws.secretsmanager import move_label, stage_version, version_text
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.secret_text import Login, value_of, with_login, with_value
from lyo_dr.decisions.rotation.secret_rotation import Copy, cannot_rotate, choose_course
from lyo_dr.errors import RotationRefused
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.plan import DATABASE_URL
from lyo_dr.model.rotation import PROVEN, Rotation, Staged
from lyo_dr.services.rotation.secret_copies import read_copy


class Request(msgspec.Struct, frozen=True):
    """The rotation and the secret."""

    rotation: Rotation
    secret: str


@step("CreateSecret", Request)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Staged:
    """Idempotent: the version's id is the rotation's token, so a retry finds it and resumes."""
    secret = next(secret for secret in ctx.plan.secrets if secret.name == request.secret)
    database = ctx.plan.database_of(secret)
    token = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{request.rotation.id}/{request.secret}"))
    copies = [read_copy(request.secret, region) for region in request.rotation.regions]
    fault = cannot_rotate(database, copies)
    if fault is not None:
        raise RotationRefused(f"{request.secret}: {fault}")
    course = choose_course(database, copies, token)
    login = _login(course.kind, course.user, copies[0])
    versions = {copy.region: _prepared(request.secret, copy, login, token, course.kind) for copy in copies}
    ctx.record(request.rotation.id, f"{request.secret}: {course.sentence}")
    return Staged(
        secret=request.secret,
        database=database.name,
        user=course.user,
        retiring=course.retiring,
        versions=versions,
        old={copy.region: old for copy in copies if (old := _old(copy, login)) is not None},
        sentence=course.sentence,
    )


def _login(kind: str, user: str, home: Copy) -> Login:
    if kind == "finish":
        return home.current
    if kind == "go_on" and home.pending is not None:
        return home.pending
    return Login(user, secrets.token_urlsafe(32))


def _prepared(secret: str, copy: Copy, login: Login, token: str, kind: str) -> str:
    """The id of the version with this login, staged unless it is there. Stale labels are put right first."""
    if copy.pending_id not in (None, token, copy.current_id):
        # The lease is ours, so nobody works on it any more: an abandoned rotation.
        move_label(secret, copy.region, "AWSPENDING", to=None, away_from=copy.pending_id)
    if kind != "finish" and (copy.proven is None or copy.proven == copy.current) and copy.proven_id != copy.current_id:
        move_label(secret, copy.region, PROVEN, to=copy.current_id, away_from=copy.proven_id)
    if copy.current == login:
        return copy.current_id
    if copy.pending_id != token or copy.pending != login:
        text = version_text(secret, copy.region, copy.current_id)
        url = with_login(value_of(text, DATABASE_URL), login)
        stage_version(secret, copy.region, with_value(text, DATABASE_URL, url), token)
    return token


def _old(copy: Copy, login: Login) -> str | None:
    """The version with the login that goes; None where no other is known."""
    if copy.proven is not None and copy.proven != login:
        return copy.proven_id
    return copy.current_id if copy.current != login else None
