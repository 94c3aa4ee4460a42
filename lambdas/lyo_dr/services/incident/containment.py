"""Lifting the containment of a breach on an operator's command, by the one function that may do it."""

from __future__ import annotations

from lyo_dr.adapters.aws.lambda_ import invoke
from lyo_dr.context import StepContext
from lyo_dr.decisions.incident.operator_commands import OperatorCommand, Reply

_SECONDS = 20.0


def lift_containment(order: OperatorCommand, by: str, ctx: StepContext) -> Reply:
    """Only for an incident on record here whose response has ended. Raises the errors of the call."""
    head = ctx.store.incidents.head(order.incident)
    if head is None or not head.get("breach"):
        return Reply(status=404, sentence=f"{ctx.region} has no breach of this name; lift it in its own region")
    if head.get("state") == "open":
        return Reply(status=409, sentence=f"{order.incident} is in progress; lift it when it has ended")
    asked = {"incident": order.incident, "by": by, "why": order.why}
    said = invoke(ctx.names.function("breach_response", "LiftContainment"), asked, ctx.region, seconds=_SECONDS)
    return Reply(status=200 if said["done"] else 409, sentence=str(said["sentence"]))
