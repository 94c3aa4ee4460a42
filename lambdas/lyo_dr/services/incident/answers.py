"""Answers to an open question: on record first, then handed on to the execution that waits."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws import stepfunctions
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.consent import STANDING, AnswerCheck, check_answer, check_loss_covered, is_repeated
from lyo_dr.decisions.incident.operator_commands import OperatorCommand, Reply
from lyo_dr.errors import LyoDrError, ServiceUnreachable, TaskTokenExpired
from lyo_dr.model.consent import Question


def decide(order: OperatorCommand, by: str, ctx: StepContext) -> Reply:
    """Approve or decline, by the AWS identity ``by``: the first answer counts, and may be given again."""
    question, now = ctx.store.questions.read(order.incident), ctx.now()
    if question is not None and is_repeated(question, order.action, order.facts, order.accept_data_loss, by):
        return _hand_on_again(question, ctx)
    ruling = check_answer(question, order.facts, now)
    if ruling is None and question is not None and order.action == "approve":
        ruling = check_loss_covered(question, order.accept_data_loss)
    if ruling is not None or question is None:
        return _refused(ruling, order, by, ctx)
    given = msgspec.structs.replace(
        question,
        standing=STANDING[order.action],
        by=by,
        why=order.why,
        accepted=order.accept_data_loss,
    )
    if not ctx.store.questions.answer(given, now):
        again = check_answer(ctx.store.questions.read(order.incident), order.facts, now)
        return _refused(
            again or AnswerCheck(counts=False, status=409, sentence="another answer was first"), order, by, ctx
        )
    return _hand_on(given, ctx)


def _hand_on(given: Question, ctx: StepContext) -> Reply:
    """Deliver the recorded answer to the waiting execution.

    Without an answer from Step Functions it stays on record: it may have been delivered, and given again it is
    delivered again.
    """
    try:
        _deliver(given, ctx)
    except TaskTokenExpired:
        sentence = f"{given.by} {given.standing} {given.facts}, but the incident is no longer waiting for an answer"
        ctx.store.questions.close(given)
        ctx.record(given.incident, sentence)
        return Reply(status=410, sentence=sentence)
    except ServiceUnreachable:
        raise
    except LyoDrError:
        ctx.store.questions.take_back(given)
        raise
    return _delivered(given, ctx)


def _hand_on_again(given: Question, ctx: StepContext) -> Reply:
    """The answer on record, given once more by the same person: the first time may have ended before its delivery."""
    try:
        _deliver(given, ctx)
    except TaskTokenExpired:
        # It was delivered, or the wait is over: TakeAnswer reads it from the table in both cases.
        return Reply(status=200, sentence=f"{given.by} {given.standing} {given.facts} before; it is on record")
    return _delivered(given, ctx)


def _deliver(given: Question, ctx: StepContext) -> None:
    output = msgspec.json.encode({"answer": given.standing, "by": given.by, "facts": given.facts}).decode()
    stepfunctions.answer(ctx.store.questions.token(given.incident) or "none", output, ctx.region)


def _delivered(given: Question, ctx: StepContext) -> Reply:
    sentence = f"{given.by} {given.standing} {given.facts}"
    ctx.record(given.incident, sentence)
    return Reply(status=200, sentence=f"{sentence}; the incident continues")


def _refused(ruling: AnswerCheck | None, order: OperatorCommand, by: str, ctx: StepContext) -> Reply:
    ruling = ruling or AnswerCheck(counts=False, status=404, sentence="this incident has no open question")
    put_on_record(ctx, order.incident, f"{by} tried to {order.action} without effect: {ruling.sentence}")
    return Reply(status=ruling.status, sentence=ruling.sentence)


def put_on_record(ctx: StepContext, incident_id: str, sentence: str) -> None:
    """Record on the timeline of an existing incident; a request cannot create one by naming it."""
    if incident_id and ctx.store.incidents.head(incident_id) is not None:
        ctx.record(incident_id, sentence)
