"""A restored database that could not be protected again: somebody hears of it, with the reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws import sns
from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.model.plan import Plan
from lyo_dr.model.recovery_method import Replicated
from lyo_dr.model.restore import Window
from lyo_dr.services.communications import sender
from lyo_dr.steps.protect_restored import announce_unprotected, replicate_again
from tests.plans import plan_of_ways
from tests.unit.aws import World
from tests.unit.builders import NOON, OREGON

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


@pytest.mark.parametrize(
    ("replicated", "latest", "status", "sentence"),
    [
        (
            [],
            NOON,
            "broken",
            "its backups are not replicated to eu-west-1 yet: start that (docs/how-to/onboard-a-database.md)",
        ),
        (["lyo-reports"], NOON, "broken", "are not replicated"),
        (["lyo-reports-oregon-r-12345678-1"], None, "broken", "are not replicated"),
        (
            ["lyo-reports-oregon-r-12345678-1"],
            NOON,
            "ready",
            "Backups of lyo-reports-oregon-r-12345678-1 are replicated to",
        ),
    ],
)
def test_a_database_without_a_replica_is_protected_once_backups_of_what_serves_now_are_replicated(
    build: Callable[[Plan], World],
    monkeypatch: pytest.MonkeyPatch,
    replicated: list[str],
    latest: datetime | None,
    status: str,
    sentence: str,
) -> None:
    world = build(plan_of_ways())
    world.ctx().store.databases.move("reports", "lyo-reports-oregon-r-12345678-1")

    def kept(there: Backups, belongs: Callable[[str], bool], region: str) -> Replicated | None:
        assert (there.region, region) == ("eu-west-1", OREGON)
        return (
            Replicated(arn="arn", window=Window(earliest=None, latest=latest))
            if any(belongs(name) for name in replicated)
            else None
        )

    monkeypatch.setattr(Backups, "replicated", kept)
    asked = {"incident": msgspec.to_builtins(world.given_incident()), "database": "reports"}
    found = replicate_again.handler({**asked, "started_at": world.ctx().now().isoformat()})
    assert found["status"] == status
    assert sentence in found["sentence"]
