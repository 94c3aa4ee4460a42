"""Carrying out a person's order: each changes the table under a condition, and each is on record, also when refused."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters import log
from lyo_dr.adapters.aws import stepfunctions
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.consent import AnswerCheck, check_answer, check_loss_covered
from lyo_dr.decisions.incident.operator_commands import OperatorCommand, Reply
from lyo_dr.errors import LyoDrError, TaskTokenExpired
from lyo_dr.model.consent import Question
from lyo_dr.services.incident.containment import lift_containment
from lyo_dr.services.incident.replay_consent import begin_replay
from lyo_dr.services.incident.standby import declare_standby


def carry_out(order: OperatorCommand, by: str, ctx: StepContext) -> Reply:
    """The order of somebody AWS knows as ``by``."""
    if order.action in ("approve", "decline"):
        return _decide(order, by, ctx)
    if order.action == "acknowledge":
        return _acknowledge(by, ctx)
    if order.action == "standby":
        return _declare(by, ctx)
    if order.action == "replay":
        return begin_replay(order, by, ctx)
    if order.action == "lift":
        return lift_containment(order, by, ctx)
    return _brake(order, by, ctx)


def refuse_stranger(order: OperatorCommand, ctx: StepContext) -> Reply:
    """Nobody AWS knows. With AWS_IAM such a request never gets this far; if it does, the door is built wrongly."""
    log.warn("An order came without an identity", action=order.action)
    _put_on_record(ctx, order.incident, f"An order to {order.action} came without an identity; refused")
    return Reply(status=403, sentence="this request is not signed by anybody AWS knows")


def _decide(order: OperatorCommand, by: str, ctx: StepContext) -> Reply:
    question, now = ctx.store.questions.read(order.incident), ctx.now()
    ruling = check_answer(question, order.facts, now)
    if ruling is None and question is not None and order.action == "approve":
        ruling = check_loss_covered(question, order.accept_data_loss)
    if ruling is not None or question is None:
        return _refused(ruling, order, by, ctx)
    given = msgspec.structs.replace(
        question,
        standing="approved" if order.action == "approve" else "declined",
        by=by,
        why=order.why,
        accepted=order.accept_data_loss,
    )
    if not ctx.store.questions.answer(given, now):
        again = check_answer(ctx.store.questions.read(order.incident), order.facts, now)
        return _refused(again or AnswerCheck(counts=False, status=409, sentence="another was faster"), order, by, ctx)
    return _hand_on(given, ctx)


def _hand_on(given: Question, ctx: StepContext) -> Reply:
    """The answer is on record; now the execution that waits has to hear of it."""
    output = msgspec.json.encode({"answer": given.standing, "by": given.by, "facts": given.facts}).decode()
    try:
        stepfunctions.answer(ctx.store.questions.token(given.incident) or "none", output, ctx.region)
    except TaskTokenExpired:
        sentence = f"{given.by} {given.standing} {given.facts}, but the incident no longer waits for an answer"
        ctx.store.questions.close(given)
        ctx.record(given.incident, sentence)
        return Reply(status=410, sentence=sentence)
    except LyoDrError:
        ctx.store.questions.take_back(given)
        raise
    sentence = f"{given.by} {given.standing} {given.facts}"
    ctx.record(given.incident, sentence)
    return Reply(status=200, sentence=f"{sentence}; the incident goes on")


def _refused(ruling: AnswerCheck | None, order: OperatorCommand, by: str, ctx: StepContext) -> Reply:
    ruling = ruling or AnswerCheck(counts=False, status=404, sentence="this incident has asked nothing")
    _put_on_record(ctx, order.incident, f"{by} wanted to {order.action}; it changes nothing: {ruling.sentence}")
    return Reply(status=ruling.status, sentence=ruling.sentence)


def _acknowledge(by: str, ctx: StepContext) -> Reply:
    recovery = ctx.store.controls.recovery()
    if recovery is None:
        return Reply(status=404, sentence=f"{ctx.region} has recovered nothing, so nothing waits to be acknowledged")
    if not ctx.store.controls.acknowledge(recovery.incident, by, ctx.now()):
        return Reply(status=409, sentence=f"{recovery.incident} was acknowledged before by {recovery.acknowledged_by}")
    ctx.record(recovery.incident, f"{by} acknowledged this recovery; alarms may start another one")
    return Reply(status=200, sentence=f"{recovery.incident} is acknowledged; alarms may start another recovery")


def _declare(by: str, ctx: StepContext) -> Reply:
    """The peer of the active region stands by from now on; the door of the active region takes this order."""
    if ctx.store.control.record().active_region != ctx.region:
        return Reply(status=409, sentence=f"{ctx.region} is not the active region; ask the door of the one that is")
    verdict = declare_standby(ctx, by)
    return Reply(status=200 if verdict.status == "declared" else 409, sentence=verdict.sentence)


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
        _put_on_record(ctx, lease.holder, sentence)
    return Reply(status=200, sentence=f"{sentence}; it counts for {ctx.region}")


def _put_on_record(ctx: StepContext, incident_id: str, sentence: str) -> None:
    """On the timeline of an incident there is; nobody may make one up by naming it."""
    if incident_id and ctx.store.incidents.head(incident_id) is not None:
        ctx.record(incident_id, sentence)
