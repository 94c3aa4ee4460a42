"""RemindOfBlocks, every hour: notify people of blocks due for review. A block never expires."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.messages import look_again
from lyo_dr.handler import step
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The schedule says nothing."""


@step("RemindOfBlocks", Request)
def handler(_request: Request, ctx: StepContext) -> Any:
    """Once when it is due, then once per ``breach.block_for``. Nothing is lifted."""
    if ctx.plan.breach is None:
        return {"notified": []}
    every, now, reminded = ctx.plan.breach.block_for, ctx.now(), []
    for block in ctx.store.blocks.standing():
        messages = look_again(ctx.plan, block.incident, block.addresses, block.until, every=every, now=now)
        if messages and notify(ctx, block.incident, messages)["queued"]:
            reminded.append(block.incident)
    return {"notified": reminded}
