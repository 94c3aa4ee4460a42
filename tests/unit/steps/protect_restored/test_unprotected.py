"""A restored database that could not be protected again: somebody hears of it, with the reason."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws import sns
from lyo_dr.services.communications import sender
from lyo_dr.steps.protect_restored import announce_unprotected
from tests.unit.aws import World

THROTTLED = {"Error": "Throttled", "Cause": '{"errorMessage": "AWS asks to slow down", "stackTrace": ["line 7"]}'}


@pytest.mark.parametrize(
    ("so_far", "reason"),
    [
        ({"error": THROTTLED, "kept": {"sentence": "The damaged instance is kept"}}, "AWS asks to slow down"),
        ({"kept": {"sentence": "kept"}, "replica": {"sentence": "the replica is failed"}}, "the replica is failed"),
        ({}, "No reason on record"),
    ],
)
def test_what_keeps_a_restored_database_unprotected_is_told_with_its_reason(
    world: World, monkeypatch: pytest.MonkeyPatch, so_far: dict[str, Any], reason: str
) -> None:
    incident, texts = world.given_incident(), list[str]()

    def heard(topic: str, subject: str, text: str, region: str) -> None:
        texts.append(text)
        sns.publish(topic, subject, text, region)

    monkeypatch.setattr(sender, "publish", heard)
    asked = {"incident": msgspec.to_builtins(incident), "database": "bookings", "so_far": so_far}
    assert announce_unprotected.handler(asked)["queued"] == ["responders"]
    assert world.said()[-1].startswith("Notified responders: ACTION NEEDED: bookings")
    assert reason in texts[0]
