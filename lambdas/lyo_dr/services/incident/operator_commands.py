"""Execution of operator commands: conditional writes, every command recorded, refused ones included."""

from __future__ import annotations

from collections.abc import Callable

from lyo_dr.adapters import log
from lyo_dr.context import StepContext
from lyo_dr.decisions.incident.operator_commands import OperatorCommand, Reply
from lyo_dr.decisions.incident.release import may_release
from lyo_dr.services.incident.answers import decide, put_on_record
from lyo_dr.services.incident.containment import lift_containment
from lyo_dr.services.incident.replay_consent import begin_replay
from lyo_dr.services.incident.settled_keys import settle_key
from lyo_dr.services.incident.skips import skip_step
from lyo_dr.services.incident.standby import declare_standby


def carry_out(order: OperatorCommand, by: str, ctx: StepContext) -> Reply:
    """Execute a command of the AWS identity ``by``."""
    if order.action in ("approve", "decline"):
        return decide(order, by, ctx)
    if order.action == "acknowledge":
        return _acknowledge(by, ctx)
    if order.action == "standby":
        return _declare(by, ctx)
    return _CARRIED_OUT.get(order.action, _brake)(order, by, ctx)


def refuse_stranger(order: OperatorCommand, ctx: StepContext) -> Reply:
    """Refuse an unsigned request. With AWS_IAM it cannot get here, unless the operator API is misconfigured."""
    log.warn("A command came without an identity", action=order.action)
    put_on_record(ctx, order.incident, f"A command to {order.action} came without an identity; refused")
    return Reply(status=403, sentence="this request is not signed by a known AWS identity")


def _acknowledge(by: str, ctx: StepContext) -> Reply:
    recovery = ctx.store.controls.recovery()
    if recovery is None:
        return Reply(status=404, sentence=f"{ctx.region} has no recovery to acknowledge")
    if not ctx.store.controls.acknowledge(recovery.incident, by, ctx.now()):
        return Reply(status=409, sentence=f"{recovery.incident} was already acknowledged by {recovery.acknowledged_by}")
    ctx.record(recovery.incident, f"{by} acknowledged this recovery; alarms may start incidents again")
    return Reply(status=200, sentence=f"{recovery.incident} is acknowledged; alarms may start incidents again")


def _declare(by: str, ctx: StepContext) -> Reply:
    """Declare the peer of the active region its standby; only the operator API of the active region accepts this."""
    if ctx.store.control.record().active_region != ctx.region:
        return Reply(
            status=409, sentence=f"{ctx.region} is not the active region; use the operator API of the active one"
        )
    verdict = declare_standby(ctx, by)
    return Reply(status=200 if verdict.status == "declared" else 409, sentence=verdict.sentence)


def _release(order: OperatorCommand, by: str, ctx: StepContext) -> Reply:
    """End a lease that an ended execution has kept on purpose; its epoch stays on record."""
    lease, now = ctx.store.control.lease(), ctx.now()
    fault = may_release(lease, order.incident, now)
    if fault is not None or lease is None:
        put_on_record(ctx, order.incident, f"{by} tried to release the lease without effect: {fault}")
        return Reply(status=409, sentence=str(fault))
    if not ctx.store.control.release_lease(lease.holder, lease.epoch, now):
        return Reply(status=409, sentence=f"the lease of {lease.holder} was just taken by another incident")
    ctx.record(lease.holder, f"{by} released the lease this incident kept: {order.why}")
    return Reply(status=200, sentence=f"the lease of {lease.holder} is released; new incidents may start")


def _brake(order: OperatorCommand, by: str, ctx: StepContext) -> Reply:
    now = ctx.now()
    if order.action == "pause":
        ctx.store.controls.pause(by, order.why, now)
        sentence = f"{by} paused the automation: {order.why}"
    else:
        ctx.store.controls.resume(by, now)
        sentence = f"{by} resumed the automation"
    log.say(sentence)
    lease = ctx.store.control.lease()
    if lease is not None and lease.expires_at > now:
        put_on_record(ctx, lease.holder, sentence)
    return Reply(status=200, sentence=f"{sentence}; this applies to {ctx.region}")


_CARRIED_OUT: dict[str, Callable[[OperatorCommand, str, StepContext], Reply]] = {
    "replay": begin_replay,
    "lift": lift_containment,
    "release": _release,
    "skip": skip_step,
    "settle": settle_key,
}
