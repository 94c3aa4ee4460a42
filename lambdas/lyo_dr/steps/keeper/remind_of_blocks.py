"""Every hour: is there a block that people said they would look at again? A block has no end of its own."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.decisions.breach_messages import look_again
from lyo_dr.doorman import Here, step
from lyo_dr.steps.telling import tell_people


class Request(msgspec.Struct, frozen=True):
    """The schedule says nothing."""


@step("RemindOfBlocks", Request)
def handler(_request: Request, here: Here) -> Any:
    """Once when it is due, and once more after every further ``breach.block_for``. Nothing is lifted."""
    if here.plan.breach is None:
        return {"told": []}
    every, now, reminded = here.plan.breach.block_for, here.now(), []
    for block in here.blocks.standing():
        messages = look_again(here.plan, block.incident, block.addresses, block.until, every=every, now=now)
        if messages and tell_people(here, block.incident, messages)["told"]:
            reminded.append(block.incident)
    return {"told": reminded}
