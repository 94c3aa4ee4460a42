"""Fault 50: an export is in the way, is refused, or fails. The fresh window is copied, and nothing else waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws import logs
from lyo_dr.model.evidence import Slice
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Plan
from lyo_dr.steps.finish_evidence import export_logs
from lyo_dr.steps.preserve_breach import copy_logs
from tests.plans import lyo_plan
from tests.unit.aws import World, refusal
from tests.unit.builders import OREGON
from tests.unit.evidence import GROUPS, content, entries, given_bucket, given_exported, given_logs

Build = Callable[[Plan], World]


class Exports:
    """Exports as AWS keeps them: one at a time, and what becomes of each."""

    def __init__(self, world: World) -> None:
        self.known: list[dict[str, Any]] = []
        self.refusal: Exception | None = None
        world.calls.played = {
            "logs:DescribeExportTasks": self._describe,
            "logs:CreateExportTask": self._begin,
        }

    def given(self, name: str, status: str) -> None:
        """The newest export."""
        number = len(self.known) + 1
        self.known.insert(
            0, {"taskId": f"t{number}", "taskName": name, "status": {"code": status, "message": "so it is"}}
        )

    def end(self, status: str) -> None:
        """What becomes of the newest one."""
        self.known[0]["status"]["code"] = status

    def _describe(self, asked: dict[str, Any]) -> dict[str, Any]:
        """One by its id; or all, one to a page, in no order."""
        if (task := asked.get("taskId")) is not None:
            return {"exportTasks": [export for export in self.known if export["taskId"] == task]}
        begins = int(asked.get("nextToken", 0))
        listed = sorted(self.known, key=lambda export: str(export["taskName"]), reverse=True)
        more = {"nextToken": str(begins + 1)} if len(listed) > begins + 1 else {}
        return {"exportTasks": listed[begins : begins + 1], **more}

    def _begin(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.refusal is not None:
            raise self.refusal
        if any(logs.is_active(export) for export in self.known):
            raise refusal("LimitExceededException", "Resource limit exceeded.")
        self.given(asked["taskName"], "PENDING")
        return {"taskId": self.known[0]["taskId"]}


@pytest.fixture
def exports(world: World) -> Exports:
    return Exports(world)


@pytest.fixture
def world(build: Build) -> World:
    plan = lyo_plan(evidence__log_groups={OREGON: list(GROUPS)})
    found = build(plan)
    given_bucket(found)
    return found


@pytest.fixture
def incident(world: World) -> Incident:
    return world.given_incident()


def run(handler: Any, world: World, incident: Incident, waited: timedelta = timedelta(0)) -> dict[str, Any]:
    event = {
        "incident": msgspec.to_builtins(incident),
        "started_at": (world.ctx().now() - waited).isoformat(),
    }
    return dict(handler(event))


def test_fault_50_somebody_elses_export_is_waited_for(world: World, incident: Incident, exports: Exports) -> None:
    exports.given("somebody else's", "RUNNING")
    said = run(export_logs.handler, world, incident)
    assert (said["status"], said["sentence"]) == ("pending", "Another export is in progress")
    exports.end("COMPLETED")
    assert run(export_logs.handler, world, incident)["sentence"] == f"Export of {GROUPS[0]} started"


def test_fault_50_groups_are_exported_one_after_the_other(world: World, incident: Incident, exports: Exports) -> None:
    said = []
    for _ in GROUPS:
        said += [run(export_logs.handler, world, incident)["sentence"] for _ in range(2)]
        exports.end("COMPLETED")
    assert said == [
        f"Export of {GROUPS[0]} started",
        f"Export of {GROUPS[0]} in progress",
        f"Export of {GROUPS[1]} started",
        f"Export of {GROUPS[1]} in progress",
    ]
    assert run(export_logs.handler, world, incident)["status"] == "ready"
    assert [entry.gap for entry in entries(world, incident, "exports")] == [None, None]


def test_fault_50_an_export_of_many_files_is_hashed_in_several_runs(
    world: World, incident: Incident, exports: Exports, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(export_logs.handler, world, incident)
    exports.end("COMPLETED")
    given_exported(world, incident, "a.gz", "b.gz")
    monkeypatch.setattr(export_logs, "_AT_ONCE", timedelta(0))
    assert "Hashing the export" in run(export_logs.handler, world, incident)["sentence"]
    assert entries(world, incident, "exports") == []
    monkeypatch.setattr(export_logs, "_AT_ONCE", timedelta(minutes=1))
    run(export_logs.handler, world, incident)
    found = entries(world, incident, "exports")
    assert [(entry.file or "").rsplit("/", 1)[-1] for entry in found] == ["a.gz", "b.gz", ""]
    assert found[-1].what == f"export of log group {GROUPS[0]}: 2 files"


def test_c5_the_own_export_is_asked_for_by_its_id_and_begun_once(
    world: World, incident: Incident, exports: Exports
) -> None:
    run(export_logs.handler, world, incident)
    asked = world.calls.count("logs:DescribeExportTasks")
    exports.known[0]["taskName"] = "no longer told"
    assert "in progress" in run(export_logs.handler, world, incident)["sentence"]
    exports.end("COMPLETED")
    run(export_logs.handler, world, incident)
    assert world.calls.count("logs:CreateExportTask") == 2, "one for each group"
    assert world.calls.count("logs:DescribeExportTasks") == asked + 3, "by id twice, and once for the next group"


def test_c5_an_export_whose_id_was_not_kept_is_found_by_its_name_in_any_page(
    world: World, incident: Incident, exports: Exports
) -> None:
    exports.given(f"{incident.id} {GROUPS[0]}", "RUNNING")
    for number in range(3):
        exports.given(f"{number} and {'z' * number}", "COMPLETED")
    assert "in progress" in run(export_logs.handler, world, incident)["sentence"]
    assert world.calls.count("logs:CreateExportTask") == 0


def test_c5_an_export_that_aws_does_not_list_yet_is_waited_for(
    world: World, incident: Incident, exports: Exports
) -> None:
    run(export_logs.handler, world, incident)
    exports.known.clear()
    assert run(export_logs.handler, world, incident)["status"] == "pending"
    assert world.calls.count("logs:CreateExportTask") == 1


@pytest.mark.parametrize("status", ["FAILED", "CANCELLED"])
def test_fault_50_an_export_that_fails_is_a_gap_and_the_next_group_goes_on(
    world: World, incident: Incident, exports: Exports, status: str
) -> None:
    run(export_logs.handler, world, incident)
    exports.end(status)
    assert run(export_logs.handler, world, incident)["sentence"] == f"Export of {GROUPS[1]} started"
    (entry,) = entries(world, incident, "exports")
    assert entry.gap == f"its export ended as {status}: so it is"


def test_fault_50_a_bucket_that_lets_no_export_in_is_a_gap(world: World, incident: Incident, exports: Exports) -> None:
    exports.refusal = refusal("InvalidParameterException", "GetBucketAcl call on the given bucket failed.")
    assert run(export_logs.handler, world, incident)["status"] == "ready"
    assert ["GetBucketAcl" in str(entry.gap) for entry in entries(world, incident, "exports")] == [True, True]


def test_fault_50_an_export_that_never_comes_is_a_gap_in_the_end(
    world: World, incident: Incident, exports: Exports
) -> None:
    exports.given("somebody else's", "RUNNING")
    assert run(export_logs.handler, world, incident, timedelta(hours=13))["status"] == "ready"
    assert ["within the budget" in str(entry.gap) for entry in entries(world, incident, "exports")] == [True, True]


def test_fault_50_the_fresh_window_is_copied_without_any_export(world: World, incident: Incident) -> None:
    given_logs(world, "somebody was here", group=GROUPS[0])
    given_logs(world, group=GROUPS[1])
    assert run(copy_logs.handler, world, incident)["status"] == "ready"
    found = entries(world, incident, "logs")
    assert [entry.gap for entry in found] == [None] * len(found)
    (kept,) = [entry for entry in found if entry.file]
    assert "somebody was here" in content(world, incident, kept)
    assert world.calls.count("logs:CreateExportTask") == 0


def test_fault_50_hours_that_were_not_reached_in_time_are_gaps_and_copying_ends(
    world: World, incident: Incident
) -> None:
    assert run(copy_logs.handler, world, incident, timedelta(minutes=3))["status"] == "ready"
    found = entries(world, incident, "logs")
    assert {entry.gap for entry in found} == {"the budget for copying was used up; see its export"}
    assert world.calls.count("logs:FilterLogEvents") == 0


def test_fault_50_a_group_that_does_not_exist_is_a_gap_and_the_other_one_is_copied(
    world: World, incident: Incident
) -> None:
    given_logs(world, "somebody was here", group=GROUPS[1])
    assert run(copy_logs.handler, world, incident)["status"] == "ready"
    found = entries(world, incident, "logs")
    assert all(GROUPS[0] in entry.what for entry in found if entry.gap)
    assert [entry.what for entry in found if entry.file]


def test_fault_50_an_hour_of_many_pages_goes_on_where_it_stopped(
    world: World, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, str | None]] = []

    def read_page(part: Slice, _region: str, token: str | None) -> logs.Page:
        asked.append((part.begins, token))
        number = int(token or 0) + 1
        return logs.Page(events=[{"message": str(number)}], following=str(number) if number < 3 else None)

    monkeypatch.setattr(copy_logs, "read_page", read_page)
    monkeypatch.setattr(copy_logs, "_AT_ONCE", timedelta(0))
    assert run(copy_logs.handler, world, incident)["status"] == "pending"
    assert asked == []
    monkeypatch.setattr(copy_logs, "_AT_ONCE", timedelta(minutes=5))
    assert run(copy_logs.handler, world, incident)["status"] == "ready"
    newest = [token for begins, token in asked if begins == asked[0][0]]
    assert newest == [None, "1", "2"] * len(GROUPS)
    assert {entry.gap for entry in entries(world, incident, "logs")} == {None}
