"""Listings that need more than one page, in no order: nothing is overlooked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from moto.rds.models import RDSBackend
from moto.rds.responses import RDSResponse

from local_aws.data_plane import pages as listings
from lyo_dr.adapters.aws import session
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


def test_r3_backups_on_a_later_page_are_found(world: World, monkeypatch: Any) -> None:
    told = pages(
        "DBInstanceAutomatedBackups", backup("other", "x", 9), backup(OREGON, PRIMARY, 1), backup(OREGON, PRIMARY, 2)
    )
    monkeypatch.setattr(world.calls, "_rds", lambda _operation, asked: told(asked))
    found = Backups(OREGON).replicated(lambda name: name == PRIMARY, IRELAND)
    assert found is not None
    assert found.arn.endswith(f"{PRIMARY}-2"), "the one that reaches furthest"
    assert Backups(OREGON).window(PRIMARY).latest == NOON + timedelta(hours=1)


def test_r3_snapshots_on_a_later_page_are_found(world: World, monkeypatch: Any) -> None:
    listed = [{"DBSnapshotIdentifier": name, "Status": "available"} for name in ("b", "c", "a")]
    told = pages("DBSnapshots", *listed)
    monkeypatch.setattr(world.calls, "_rds", lambda _operation, asked: told(asked))
    assert [snapshot.identifier for snapshot in Backups(OREGON).snapshots(PRIMARY)] == ["b", "c", "a"]


def test_r3_the_last_tasks_that_stopped_say_why_wherever_they_are_listed(world: World) -> None:
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


@pytest.fixture
def in_pages(build: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """RDS as moto plays it, told in pages of a hundred and in no order."""
    for listing in listings.RDS:
        monkeypatch.setattr(RDSResponse, listing.call, getattr(RDSResponse, listing.call))
    listings.apply()


def test_r3_two_hundred_and_fifty_snapshots_are_all_found(in_pages: None) -> None:
    rds = session.client("rds", OREGON)
    for name in (PRIMARY, "another"):
        rds.create_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.t4g.micro", Engine="postgres")
    wanted = [f"nightly-{number}" for number in range(250)]
    for name in wanted:
        rds.create_db_snapshot(DBInstanceIdentifier=PRIMARY, DBSnapshotIdentifier=name)
    rds.create_db_snapshot(DBInstanceIdentifier="another", DBSnapshotIdentifier="of-another")
    found = [snapshot.identifier for snapshot in Backups(OREGON).snapshots(PRIMARY)]
    # moto takes one of its own of each instance.
    assert (set(wanted) <= set(found), "of-another" in found, len(found)) == (True, False, 251)
    assert len(rds.describe_db_snapshots()["DBSnapshots"]) == 100


def test_r3_of_a_hundred_and_twenty_one_replicated_backups_the_newest_is_found_wherever_it_is_listed(
    in_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [replicated(f"other-{number}", hours=number) for number in range(120)]
    told: list[SimpleNamespace] = []
    monkeypatch.setattr(RDSBackend, "describe_db_instance_automated_backups", lambda _self, **_asked: told)
    for place in (0, 60, 120):
        told[:] = [*kept[:place], replicated(PRIMARY, hours=5), *kept[place:]]
        found = Backups(OREGON).replicated(lambda name: name == PRIMARY, IRELAND)
        assert found is not None
        assert found.arn.endswith(PRIMARY)


def replicated(name: str, hours: int) -> SimpleNamespace:
    """Backups of an instance in Ireland that are kept here, in the names of moto."""
    return SimpleNamespace(
        db_instance_identifier=name,
        db_instance_arn=f"arn:aws:rds:{IRELAND}:123456789012:db:{name}",
        db_instance_automated_backups_arn=f"arn:aws:rds:{OREGON}:123456789012:auto-backup:{name}",
        region=IRELAND,
        restore_window={"EarliestTime": NOON, "LatestTime": NOON + timedelta(hours=hours)},
    )
