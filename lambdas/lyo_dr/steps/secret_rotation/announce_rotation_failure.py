"""AnnounceRotationFailure: notify the responders of the failure, and release the lease."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters import log
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.messages import rotation_failed
from lyo_dr.decisions.common.outcome import innermost
from lyo_dr.errors import LyoDrError
from lyo_dr.handler import step
from lyo_dr.model.rotation import HOLDER, Opening
from lyo_dr.services.common.notify import notify


class Request(msgspec.Struct, frozen=True):
    """The execution's name and its state."""

    execution: str
    so_far: dict[str, Any]


@step("AnnounceRotationFailure", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """Notify first; no failure in this step prevents the message."""
    name = f"{HOLDER}{request.execution}"
    log.correlate(name, request.execution)
    sentence = _sentence(request.so_far)
    sent = notify(ctx, name, rotation_failed(name, sentence))
    try:
        ctx.record(name, f"Not finished: {sentence}")
        _close(name, request.so_far, ctx)
    except LyoDrError as failure:
        log.warn(f"{sentence} (the lease expires by itself: {failure})", incident=name)
    return sent


def _sentence(so_far: dict[str, Any]) -> str:
    """A failed cache does not stop the logins: report both results."""
    errors = [so_far[name] for name in ("tokens_error", "error") if isinstance(so_far.get(name), dict)]
    said = "; ".join(": ".join(part for part in innermost(error) if part) for error in errors)
    if said and "proven" in so_far:
        return f"{said}; everything except cache tokens was rotated"
    if said:
        return said
    last: dict[str, Any] = so_far.get("check") or so_far.get("opening") or {}
    return str(last.get("sentence", "no reason on record"))


def _close(name: str, so_far: dict[str, Any], ctx: StepContext) -> None:
    """A rotation that never began has no head, and no lease to give back."""
    opening = msgspec.convert(so_far.get("opening") or {"status": "given_up", "sentence": ""}, Opening)
    if opening.rotation is not None:
        rotation = opening.rotation
        ctx.store.incidents.set(name, state="closed", ending="failed")
        ctx.control_in(rotation.lease_region).release_lease(rotation.id, rotation.epoch, ctx.now())
