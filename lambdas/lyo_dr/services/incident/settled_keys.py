"""A person's word that a key nothing rotates was replaced."""

from __future__ import annotations

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.outstanding import may_settle
from lyo_dr.decisions.incident.operator_commands import OperatorCommand, Reply
from lyo_dr.model.issuer import KeyName
from lyo_dr.services.common.outstanding import settle_by_hand


def settle_key(order: OperatorCommand, by: str, ctx: StepContext) -> Reply:
    """Only a key that is outstanding here, and that no issuer can be asked about."""
    name = KeyName(order.secret, order.key)
    found = ctx.store.outstanding.read(name)
    fault = may_settle(name, found)
    if fault is not None or found is None:
        return Reply(status=404 if found is None else 409, sentence=str(fault))
    return Reply(status=200, sentence=settle_by_hand(ctx, found, by, order.why))
