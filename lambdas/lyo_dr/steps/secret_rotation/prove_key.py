"""ProveKey: test the former key at its issuer, which has to refuse it once a person has revoked it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.adapters.aws.secretsmanager import read_text, version_text
from lyo_dr.adapters.http import try_key
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.addresses.secret_text import value_of
from lyo_dr.decisions.rotation.issued_keys import header_of, in_use_again, key_to_revoke, revoked
from lyo_dr.errors import NotFound
from lyo_dr.guards import rotation_guard
from lyo_dr.handler import step
from lyo_dr.model.issuer import KeyName, KeyTry, Outstanding, Replaced
from lyo_dr.model.rotation import Rotation
from lyo_dr.model.verdict import Progress
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The rotation, what became of the key, and when proving began."""

    rotation: Rotation
    replaced: Replaced
    started_at: datetime


@step("ProveKey", Request)
@rotation_guard
def handler(request: Request, ctx: StepContext) -> Progress:
    """Only after the application was seen to work on the new one: from now on the former one may be revoked."""
    name = request.replaced.name
    outstanding = ctx.store.outstanding.read(name)
    if outstanding is None:
        return Progress(status="ready", sentence=f"{name}: nothing left to do")
    former = _former(outstanding, ctx)
    if value_of(read_text(ctx.plan.secret_in(name.secret, ctx.region), ctx.region), name.key) in former:
        verdict = in_use_again(name)
        ctx.store.outstanding.keep(msgspec.structs.replace(outstanding, wanted="new", sentence=verdict.sentence))
    else:
        verdict = revoked(
            name,
            ctx.plan.issued()[name],
            [_try(name, value, ctx) for value in former],
            deadline=ctx.deadline(request.started_at, ctx.plan.budgets.validation),
        )
        _conclude(request.rotation, outstanding, verdict, ctx)
    ctx.record(request.rotation.id, verdict.sentence)
    return verdict


def _former(outstanding: Outstanding, ctx: StepContext) -> list[str]:
    """Keys that were replaced, as far as their versions can still be read."""
    name, found = outstanding.name, []
    here = ctx.plan.secret_in(name.secret, ctx.region)
    for version in outstanding.old:
        try:
            found.append(str(value_of(version_text(here, ctx.region, version), name.key)))
        except NotFound:
            continue
    return found


def _try(name: KeyName, value: str, ctx: StepContext) -> KeyTry:
    test, seconds = ctx.plan.issued()[name].test, ctx.plan.timing.probe_timeout.total_seconds()
    return try_key(test.url, seconds, method=test.method, header=header_of(test, value))


def _conclude(rotation: Rotation, outstanding: Outstanding, verdict: Progress, ctx: StepContext) -> None:
    if verdict.status == "ready":
        ctx.store.outstanding.settle(outstanding, verdict.sentence)
        if outstanding.incident != rotation.id:
            ctx.record(outstanding.incident, f"No longer outstanding: {verdict.sentence}")
        return
    ctx.store.outstanding.keep(msgspec.structs.replace(outstanding, wanted="revoke", sentence=verdict.sentence))
    issued = ctx.plan.issued()[outstanding.name]
    notify(ctx, rotation.id, key_to_revoke(issued, outstanding.name, outstanding.incident))
