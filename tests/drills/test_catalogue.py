"""The drills there are, the plans they are run with, and all of them in one table."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from drills import run_all as all_drills
from drills.run import Finished, run_drill
from drills.scenarios.catalogue import DRILLS
from drills.scenarios.groups import GROUPS
from drills.scenarios.spec import Drill
from drills.world.addresses import Addresses
from drills.world.rehearsal_plan import adjusted, for_rehearsal
from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.rules import broken_rules
from tests.plans import lyo_plan

NAMES = [
    "region-loss",
    "app-crash",
    "read-only-promotion",
    "stuck-promotion",
    "manual",
    "throttled",
    "crash-loop",
    "many",
    "worker",
    "region-loss-record",
    "two-names",
    "region-return",
    "bad-migration",
    "bad-migration-unattended",
    "secret-with-extra-keys",
    "restore-too-late",
    "restore-snapshot",
    "cold-restore",
    "runaway-delete",
    "read-only-restore",
    "dead-instance",
    "zone-failover",
    "corrupt-and-region-loss",
    "replica-gone",
    "no-evidence",
    "interrupted-restore",
    "delayed-replica",
    "delayed-replica-replays",
    "restored-and-region-loss",
    "damaged-again",
    "blip",
    "brownout",
    "database-restart",
    "flapping",
    "cut-off",
    "recovery-region-down",
    "us-east-1-down",
    "lagging-replica",
    "long-outage",
    "duplicate-alarms",
    "two-operators",
    "returns-mid-flight",
    "second-disaster",
    "returns-too-late",
    "resume-failed",
    "skipped-check",
    "api-outage",
    "autoscaling-down",
    "silent-topics",
    "hooks",
    "rotation",
    "rotation-interrupted",
    "stuck-pending",
    "redis-rotation",
    "redis-refuses",
    "rotation-during-failover",
    "leaked-key-only",
    "breach",
    "breach-unattended",
    "breach-isolated",
    "false-finding",
    "web-acl-alarm",
    "evidence-bucket-full",
    "tampered-evidence",
]


def test_the_drills_are_those_of_the_documents() -> None:
    assert list(DRILLS) == NAMES


def test_each_drill_is_listed_under_one_disaster() -> None:
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(NAMES)


@pytest.mark.parametrize("drill", DRILLS.values(), ids=DRILLS)
def test_a_drill_says_in_one_sentence_what_it_proves(drill: Drill) -> None:
    assert re.fullmatch(r"[A-Z][^.]*\.", drill.proves)


@pytest.mark.parametrize("drill", DRILLS.values(), ids=DRILLS)
def test_the_plan_of_a_drill_keeps_every_rule_before_and_after_it_is_moved_to_loopback(drill: Drill) -> None:
    customer = drill.customer(lyo_plan())
    assert broken_rules(customer) == []
    rehearsal = adjusted(for_rehearsal(customer, Addresses(0)), customer, drill.rehearsed)
    assert broken_rules(rehearsal.plan) == []
    assert customer.objectives == lyo_plan().objectives, "it is judged against what the user wrote"


@pytest.mark.parametrize("drill", DRILLS.values(), ids=DRILLS)
def test_every_duration_a_drill_changes_is_told(drill: Drill) -> None:
    plan = lyo_plan()
    rehearsal = adjusted(for_rehearsal(plan, Addresses(0)), plan, drill.rehearsed)
    told = {change.path: change.rehearsed for change in rehearsal.changes}
    for name in ("triage", "promotion", "capacity"):
        assert told[f"budgets.{name}"] == f"{getattr(rehearsal.plan.budgets, name).total_seconds():g} s"


def test_many_are_three_databases_and_five_services_with_names_of_their_own() -> None:
    plan = DRILLS["many"].customer(lyo_plan())
    assert [database.critical for database in plan.databases] == [True, True, False]
    assert len(plan.services) == 5
    for region in plan.regions.pair:
        assert len({database.instances[region] for database in plan.databases}) == 3
        assert len({service.places[region].service for service in plan.services}) == 5


def output_of(run: Callable[[Console], int]) -> tuple[int, str]:
    """Exit code and text."""
    console = Console(file=io.StringIO(), width=120)
    code = run(console)
    assert isinstance(console.file, io.StringIO)
    return code, console.file.getvalue()


def test_a_drill_nobody_knows_is_refused_with_the_names_of_those_there_are(tmp_path: Path) -> None:
    code, text = output_of(lambda console: run_drill("earthquake", lyo_plan(), tmp_path, console))
    assert code == 2
    assert "There is no drill 'earthquake'; there is api-outage, app-crash, autoscaling-down, bad-migration" in text


def finished(code: int, outage: float | None = 12.34, missed: tuple[str, ...] = ()) -> Finished:
    return Finished(code, 90.4, {"outage": {"seconds": outage}, "bookings": {"lost": 3}, "missed": list(missed)})


Ends = dict[str, Finished]


def run_all(monkeypatch: pytest.MonkeyPatch, folder: Path, ends: Ends) -> tuple[int, str, list[str]]:
    run: list[str] = []

    def perform(drill: Drill, _plan: Plan, _results: Path, _console: Any, **_own: Any) -> Finished:
        run.append(drill.name)
        return ends.get(drill.name, finished(0))

    monkeypatch.setattr(all_drills, "perform", perform)
    code, text = output_of(lambda console: all_drills.run_all(lyo_plan(), folder, console))
    return code, text, run


def test_all_drills_are_run_in_order_and_shown_in_one_table(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, text, run = run_all(monkeypatch, tmp_path, {"stuck-promotion": finished(0, outage=None)})
    assert (code, run) == (0, NAMES)
    table = text[text.index("All drills") :]
    assert re.search(r"region-loss +passed +12\.3 s +3 +1 min 30 s\n", table)
    assert re.search(r"stuck-promotion +passed +to the end +3 +1 min 30 s\n", table)
    count = len(NAMES)
    assert re.search(rf"{count} of {count} passed +{humanize(90.4 * count)}\n", table)


def test_one_drill_that_missed_fails_all_and_the_others_are_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ends = {"app-crash": finished(1, missed=("the traffic moved",)), "many": Finished(2, 3.0)}
    code, text, run = run_all(monkeypatch, tmp_path, ends)
    assert (code, run) == (1, NAMES)
    assert re.search(r"many +not run +- +- +3 s\n", text)
    assert "app-crash: the traffic moved" in text
    assert f"{len(NAMES) - 2} of {len(NAMES)} passed" in text


def test_drills_in_which_nothing_may_fire_are_counted_when_they_fire(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    quiet = sum(not drill.must_fire for drill in DRILLS.values())
    assert quiet >= 8
    ends = {name: finished(0) for name in NAMES}
    ends["blip"].result["fired"] = ends["region-loss"].result["fired"] = True
    _, text, _ = run_all(monkeypatch, tmp_path, ends)
    assert f"Of {quiet} drills in which nothing may fire, 1 fired" in text


def test_ctrl_c_ends_all_of_them_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, text, run = run_all(monkeypatch, tmp_path, {"app-crash": Finished(130, 1.0)})
    assert (code, run) == (130, NAMES[:2])
    assert f"1 of {len(NAMES)} passed" in text
