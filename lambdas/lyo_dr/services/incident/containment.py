"""A person's order to lift what a breach has blocked and isolated: handed on to the one function that may do it."""

from __future__ import annotations

from lyo_dr.adapters.aws.lambda_ import invoke
from lyo_dr.context import StepContext
from lyo_dr.decisions.incident.operator_commands import OperatorCommand, Reply

_SECONDS = 20.0


def lift_containment(order: OperatorCommand, by: str, ctx: StepContext) -> Reply:
    """Only an incident that is on record here, and only when its work has ended. Raises what the call raises."""
    head = ctx.store.incidents.head(order.incident)
    if head is None or not head.get("breach"):
        return Reply(status=404, sentence=f"{ctx.region} knows no breach of this name; its own region lifts it")
    if head.get("state") == "open":
        return Reply(status=409, sentence=f"{order.incident} is being worked on; lift it when it has ended")
    asked = {"incident": order.incident, "by": by, "why": order.why}
    said = invoke(ctx.names.function("breach_response", "LiftContainment"), asked, ctx.region, seconds=_SECONDS)
    return Reply(status=200 if said["done"] else 409, sentence=str(said["sentence"]))
