"""FollowKeys, every five minutes: the standby brings the plan's keys from the active region's secrets to its own.

Each region pulls: nothing in the active region writes into another one. What cannot be read is no verdict, until it
lasts; then responders are notified once.
"""

from __future__ import annotations

from typing import Any

from lyo_dr.adapters import log
from lyo_dr.context import StepContext
from lyo_dr.decisions.rotation.followed_keys import Situation, failed_again, is_done, lasts, not_brought, summary
from lyo_dr.errors import LyoDrError
from lyo_dr.handler import scheduled
from lyo_dr.model.plan import Secret
from lyo_dr.model.rotation import Followed
from lyo_dr.services.common.notify import notify
from lyo_dr.services.rotation.followed_keys import bring, reason_to_wait, situation


@scheduled("FollowKeys")
def handler(ctx: StepContext) -> dict[str, Any]:
    """In the standby only, and never while anything else is in progress. Idempotent."""
    if ctx.store.control.record().standby_region != ctx.region:
        return {"done": True, "result": "not_standby"}
    found = _bring_all(ctx)
    for each in found.values():
        if each.sentence:
            log.say(each.sentence, step=ctx.step)
    _remember_failures(ctx, [each.sentence for each in found.values() if each.status == "failed"])
    return {"done": is_done(found), "result": summary(found)}


def _bring_all(ctx: StepContext) -> dict[str, Followed]:
    try:
        before = situation(ctx)
    except LyoDrError as silence:
        return {"": Followed(status="failed", sentence=f"Whether keys may be brought is unknown: {silence}")}
    wait = reason_to_wait(ctx, before)
    if wait is not None:
        return {"": Followed(status="waiting", sentence=f"No keys are brought: {wait}")}
    return {secret.name: _bring(ctx, secret, before) for secret in ctx.plan.following()}


def _bring(ctx: StepContext, secret: Secret, before: Situation) -> Followed:
    """A secret that cannot be read or written keeps no other from being brought."""
    try:
        return bring(ctx, secret, before)
    except LyoDrError as failure:
        return Followed(status="failed", sentence=f"Keys of {secret.name} were not brought: {failure}")


def _remember_failures(ctx: StepContext, sentences: list[str]) -> None:
    known = ctx.store.followed_keys.fails()
    if not sentences:
        if known is not None:
            ctx.store.followed_keys.keep_fails(None)
        return
    fails = failed_again(known, ctx.now())
    ctx.store.followed_keys.keep_fails(fails)
    if lasts(fails):
        notify(ctx, f"keys-{fails.since:%Y%m%dT%H%M%S}", not_brought(ctx.peer_region, fails, sentences))
