"""The cases of ``communications``: the sender, whose own calls are the only ones that send."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.model.outbox import Milestone, QueuedMessage
from tests.killed.harness import Case
from tests.killed.stage import Stage

_ATTEMPTS = {"NOTE#NOTIFIED": "it says how often it was tried; what was sent past a silent outbox is not on record"}


def _message(stage: Stage, audience: str, about: str = "", milestone: Milestone = "") -> QueuedMessage:
    return QueuedMessage(
        incident=stage.world.given_incident().id,
        step="AnnounceIncident",
        audience=audience,
        about=about,
        subject=f"{about or 'subject'} for {audience}",
        text="text",
        milestone=milestone,
        written_at=stage.now,
    )


def _waiting(stage: Stage) -> dict[str, Any]:
    for audience in ("responders", "customers"):
        assert stage.world.ctx().outbox.write(_message(stage, audience, "first", "disruption")) == "new"
        stage.later()
    stage.world.ctx().outbox.write(_message(stage, "responders", "second"))
    return {}


def _handed_over(stage: Stage) -> dict[str, Any]:
    return {"messages": [msgspec.to_builtins(_message(stage, "responders"))]}


CASES = {
    "send_messages": [
        Case(_waiting, until=0, blurred=_ATTEMPTS),
        Case(_handed_over, says_so=True, blurred=_ATTEMPTS),
    ],
}
