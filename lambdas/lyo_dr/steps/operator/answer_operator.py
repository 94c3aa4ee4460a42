"""AnswerOperator: the operator API, commands signed with AWS IAM through a function URL.

AWS verifies the signature and puts who signed into the event (Lambda developer guide, "Invoking function URLs");
everything else in the request is a claim. Every answer is one sentence.
"""

from __future__ import annotations

import json
from typing import Any

from lyo_dr.adapters import environment, log
from lyo_dr.context import StepContext
from lyo_dr.decisions.incident.operator_commands import OperatorCommand, Reply, caller, read_order
from lyo_dr.errors import LyoDrError
from lyo_dr.handler import prewarms
from lyo_dr.services.incident.operator_commands import carry_out, refuse_stranger


@log.invocation
def handler(event: dict[str, Any], _context: object = None) -> dict[str, Any]:
    """An HTTP answer (payload format 2.0): 200 done, 4xx not done and why, 503 try again."""
    ctx = StepContext(environment.plan(), environment.region(), "AnswerOperator")
    if prewarms(event):
        ctx.prewarm()
        return {"warm": True}
    try:
        reply = _answer(event, ctx)
    except LyoDrError as failure:
        log.warn(f"A command failed: {failure}")
        reply = Reply(
            status=503, sentence=f"it is not certain that anything changed, try again: {type(failure).__name__}"
        )
    body = json.dumps({"sentence": reply.sentence})
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    return {"statusCode": reply.status, "headers": headers, "body": body}


def _answer(event: dict[str, Any], ctx: StepContext) -> Reply:
    by, order = caller(event), read_order(event)
    if isinstance(order, OperatorCommand):
        if order.incident:
            log.correlate(order.incident, order.incident)
        return refuse_stranger(order, ctx) if by is None else carry_out(order, by, ctx)
    return order
