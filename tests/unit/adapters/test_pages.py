"""Listings that need more than one page, in no order: nothing is overlooked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from lyo_dr.adapters.aws.ecs import Ecs
from lyo_dr.adapters.aws.rds_backups import Backups
from tests.unit.aws import World
from tests.unit.builders import IRELAND, OREGON, PRIMARY

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def pages(member: str, *listed: Any) -> Any:
    """What RDS answers, one thing to a page."""

    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        number = int(asked.get("Marker", 0))
        more = {"Marker": str(number + 1)} if number + 1 < len(listed) else {}
        return {member: [listed[number]], **more}

    return answer


def backup(region: str, name: str, hours: int) -> dict[str, Any]:
    return {
        "DBInstanceIdentifier": name,
        "DBInstanceArn": f"arn:aws:rds:{IRELAND}:123456789012:db:{name}",
        "DBInstanceAutomatedBackupsArn": f"arn:aws:rds:{OREGON}:123456789012:auto-backup:{name}-{hours}",
        "Region": region,
        "RestoreWindow": {"LatestTime": NOON + timedelta(hours=hours)},
    }


def test_d_backups_on_a_later_page_are_found(world: World, monkeypatch: Any) -> None:
    told = pages(
        "DBInstanceAutomatedBackups", backup("other", "x", 9), backup(OREGON, PRIMARY, 1), backup(OREGON, PRIMARY, 2)
    )
    monkeypatch.setattr(world.calls, "_rds", lambda _operation, asked: told(asked))
    found = Backups(OREGON).replicated(lambda name: name == PRIMARY, IRELAND)
    assert found is not None
    assert found.arn.endswith(f"{PRIMARY}-2"), "the one that reaches furthest"
    assert Backups(OREGON).window(PRIMARY).latest == NOON + timedelta(hours=1)


def test_d_snapshots_on_a_later_page_are_found(world: World, monkeypatch: Any) -> None:
    listed = [{"DBSnapshotIdentifier": name, "Status": "available"} for name in ("b", "c", "a")]
    told = pages("DBSnapshots", *listed)
    monkeypatch.setattr(world.calls, "_rds", lambda _operation, asked: told(asked))
    assert [snapshot.identifier for snapshot in Backups(OREGON).snapshots(PRIMARY)] == ["b", "c", "a"]


def test_d_the_last_tasks_that_stopped_say_why_wherever_they_are_listed(world: World) -> None:
    stopped = {f"t{number}": NOON - timedelta(minutes=(number * 7) % 10) for number in range(10)}

    def listing(asked: dict[str, Any]) -> dict[str, Any]:
        begins = int(asked.get("nextToken", 0))
        more = {"nextToken": str(begins + 3)} if begins + 3 < len(stopped) else {}
        return {"taskArns": list(stopped)[begins : begins + 3], **more}

    def described(asked: dict[str, Any]) -> dict[str, Any]:
        return {"tasks": [{"stoppedReason": name, "stoppedAt": stopped[name]} for name in asked["tasks"]]}

    world.calls.played |= {"ecs:ListTasks": listing, "ecs:DescribeTasks": described}
    place = world.plan.services[0].places[OREGON]
    newest = sorted(stopped, key=lambda name: stopped[name], reverse=True)[:5]
    assert Ecs(OREGON).stop_reasons(place) == newest
