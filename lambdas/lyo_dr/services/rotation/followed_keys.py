"""Bringing keys from the active region's secret to the standby's. Values are compared and written, no more."""

from __future__ import annotations

from lyo_dr.adapters.aws import stepfunctions
from lyo_dr.adapters.aws.secretsmanager import SecretVersion, labels, move_label, read_current, stage_version
from lyo_dr.context import StepContext
from lyo_dr.decisions.rotation.followed_keys import (
    Situation,
    brought,
    differing,
    has_settled,
    replicated_by_aws,
    seen_again,
    version_id,
    why_not_now,
    withheld,
)
from lyo_dr.errors import InvalidSecret
from lyo_dr.model.issuer import KeyName
from lyo_dr.model.plan import Secret
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.model.rotation import FOLLOWED, Followed


def situation(ctx: StepContext) -> Situation:
    """As it is now in both regions. The peer's table first: it is asked briefly. Raises what the calls raise."""
    theirs, paused = ctx.peer.control.record(), ctx.peer.control.paused()
    return Situation(
        here=ctx.region,
        mine=ctx.store.control.record(),
        theirs=theirs,
        paused=ctx.store.control.paused() or paused,
        lease=ctx.store.control.lease(),
        running=[name for region in ctx.plan.regions.pair for name in _running(ctx, region)],
    )


def _running(ctx: StepContext, region: str) -> list[str]:
    return stepfunctions.running(ResourceNames(ctx.plan, region).machine("incident_response"), region)


def reason_to_wait(ctx: StepContext, found: Situation) -> str | None:
    """Why nothing may be brought now, or None."""
    return why_not_now(found, now=ctx.now(), grace=ctx.plan.objectives.rto)


def bring(ctx: StepContext, secret: Secret, before: Situation) -> Followed:
    """The keys of one secret that differ, as far as they may be brought; idempotent. Raises what the calls raise."""
    here, there = secret.name_in(ctx.region), secret.name_in(ctx.peer_region)
    described = labels(here, ctx.region)
    if replicated_by_aws(described.primary, described.replicas, here=ctx.region, peer=ctx.peer_region):
        return Followed(status="replicated", sentence=f"{secret.name}: Secrets Manager replicates it")
    source, own = read_current(there, ctx.peer_region), read_current(here, ctx.region)
    changed = _differing(ctx, secret, source, own)
    keys = [key for key in changed if not _withheld(ctx, KeyName(secret.name, key))]
    if not changed and FOLLOWED in described.versions:
        # Left behind by a run that died, or by a change that was undone.
        move_label(here, ctx.region, FOLLOWED, to=None, away_from=described.versions[FOLLOWED])
    if not keys:
        return _nothing_to_bring(secret, changed)
    seen = seen_again(ctx.store.followed_keys.seen(secret.name), source.id, ctx.now())
    ctx.store.followed_keys.keep_seen(secret.name, seen)
    named = f"{', '.join(keys)} of {secret.name}"
    if secret.follow is None or not has_settled(seen, secret.follow.after, ctx.now()):
        return Followed(status="settling", sentence=f"{named}: changed in {ctx.peer_region}, not brought yet")
    version = version_id(secret.name, source.id, own.id, keys)
    stage_version(here, ctx.region, brought(keys, source.text, own.text), version, FOLLOWED)
    if (changed_meanwhile := _changed_meanwhile(ctx, before, there, source)) is not None:
        return Followed(status="waiting", sentence=f"{named}: not brought, {changed_meanwhile}")
    # AWS refuses this if another version is current by now: what a rotation or a person has written stays.
    move_label(here, ctx.region, "AWSCURRENT", to=version, away_from=own.id)
    move_label(here, ctx.region, FOLLOWED, to=None, away_from=version)
    return Followed(status="brought", sentence=f"{named}: brought from {ctx.peer_region}, version {source.id}")


def _differing(ctx: StepContext, secret: Secret, source: SecretVersion, own: SecretVersion) -> list[str]:
    try:
        return differing(ctx.plan.followed(secret), source.text, own.text)
    except InvalidSecret as fault:
        raise InvalidSecret(f"{secret.name} in {ctx.peer_region} or {ctx.region}: {fault}") from None


def _withheld(ctx: StepContext, name: KeyName) -> bool:
    """Tasks for keys are kept in the region that was active, which may be this one."""
    return withheld([ctx.store.outstanding.read(name), ctx.peer.outstanding.read(name)])


def _nothing_to_bring(secret: Secret, changed: list[str]) -> Followed:
    if not changed:
        return Followed(status="same")
    return Followed(status="withheld", sentence=f"{', '.join(changed)} of {secret.name}: outstanding, so not brought")


def _changed_meanwhile(ctx: StepContext, before: Situation, there: str, source: SecretVersion) -> str | None:
    now = situation(ctx)
    if (now.mine, now.theirs) != (before.mine, before.theirs):
        return "the system record has changed"
    if labels(there, ctx.peer_region).versions.get("AWSCURRENT") != source.id:
        return f"it has changed in {ctx.peer_region} again"
    return reason_to_wait(ctx, now)
