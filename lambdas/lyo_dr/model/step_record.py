"""What the record of an incident says about one of its steps: that it failed, or that a person skipped it."""

from __future__ import annotations

from datetime import datetime

import msgspec


class StepFailure(msgspec.Struct, frozen=True, kw_only=True):
    """The last failure of a step. ``retried``: its state machine tries it again, for as long as its stage lasts."""

    step: str
    execution: str
    at: datetime
    sentence: str
    retried: bool = False
    passed: bool = False
    """It came through after all."""


class Skip(msgspec.Struct, frozen=True, kw_only=True):
    """A step that a person lets an incident go on without: ``by`` is the AWS identity that asked for it."""

    step: str
    by: str
    why: str
    at: datetime
    used_at: datetime | None = None
    """When the step was reached and left out; None while it was not."""
