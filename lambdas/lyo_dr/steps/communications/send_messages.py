"""SendMessages, every minute and whenever a step has written a message: empty the outbox."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.model.outbox import QueuedMessage
from lyo_dr.services.communications.sender import empty_outbox, send_at_once


class Request(msgspec.Struct, frozen=True):
    """The schedule says nothing; a step hands over what the table did not take."""

    messages: list[QueuedMessage] = msgspec.field(default_factory=list)


@step("SendMessages", Request)
def handler(request: Request, ctx: StepContext) -> dict[str, int]:
    """Several at once do no harm: each message is claimed before it is sent."""
    # An error would let AWS Lambda hand over once more what has been sent; the next run is a minute away.
    return empty_outbox(ctx) if send_at_once(ctx, request.messages) else {}
