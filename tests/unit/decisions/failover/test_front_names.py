"""Several names: what an incident waits for, what it only reports, and how records change together."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import pytest

from lyo_dr.decisions.failover.front_names import (
    NameProgress,
    by_latch,
    changes_progress,
    names_progress,
    waited_for,
)
from lyo_dr.decisions.failover.front_names import switch_strategy as strategy
from lyo_dr.decisions.failover.traffic import traffic_progress
from lyo_dr.model.plan.file import read_plan
from lyo_dr.model.verdict import Progress, SubmittedChange, SubmittedChanges
from tests.unit.builders import OREGON, a_deadline, at, serving
from tests.unit.model.test_plan_names import raw_names

ARRIVED = Progress(status="ready", sentence="arrived")
ON_THE_WAY = Progress(status="pending", sentence="on the way")
LATE = Progress(status="broken", sentence="late")


def judged(*found: tuple[bool, Progress], spent: float = 0) -> Progress:
    names = [NameProgress(name=str(i), critical=critical, progress=made) for i, (critical, made) in enumerate(found)]
    return names_progress(names, a_deadline(timedelta(minutes=10), spent=spent))


SITUATIONS: dict[str, tuple[list[tuple[bool, Progress]], float, str, str]] = {
    "both have arrived": ([(True, ARRIVED), (True, ARRIVED)], 10, "ready", "arrived; arrived"),
    "one is missing": ([(True, ARRIVED), (True, ON_THE_WAY)], 10, "pending", "on the way; arrived"),
    "one is missing at the end": ([(True, ARRIVED), (True, LATE)], 600, "broken", "late; arrived"),
    "one that nobody waits for is missing": (
        [(True, ARRIVED), (False, ON_THE_WAY)],
        10,
        "ready",
        "arrived; not waited for: on the way",
    ),
    "it is missing at the end": ([(True, ARRIVED), (False, LATE)], 600, "ready", "arrived; not waited for: late"),
    "only the one that nobody waits for has arrived": (
        [(True, ON_THE_WAY), (False, ARRIVED)],
        10,
        "pending",
        "on the way; arrived",
    ),
    "nothing has": (
        [(True, ON_THE_WAY), (False, ON_THE_WAY)],
        10,
        "pending",
        "on the way; not waited for: on the way",
    ),
}


@pytest.mark.parametrize(("found", "spent", "status", "sentence"), SITUATIONS.values(), ids=SITUATIONS.keys())
def test_an_incident_waits_for_the_critical_names_and_reports_each(
    found: list[tuple[bool, Progress]], spent: float, status: str, sentence: str
) -> None:
    verdict = judged(*found, spent=spent)
    assert (verdict.status, verdict.sentence) == (status, sentence)


@pytest.mark.parametrize("progress", [ARRIVED, ON_THE_WAY, LATE])
def test_one_name_says_what_it_always_said(progress: Progress) -> None:
    assert judged((True, progress)) == progress


Status = Literal["PENDING", "INSYNC"] | None
CHANGES: dict[str, tuple[dict[str, Status], float, str]] = {
    "all in sync": ({"api": "INSYNC", "shop": "INSYNC"}, 30, "ready"),
    "one spreading": ({"api": "INSYNC", "shop": "PENDING"}, 30, "pending"),
    "one forgotten": ({"api": "PENDING", "shop": None}, 30, "again"),
    "one pending for a quarter of the budget": ({"api": "INSYNC", "shop": "PENDING"}, 150, "again"),
    "one pending to the end": ({"api": "INSYNC", "shop": "PENDING"}, 600, "overdue"),
}


@pytest.mark.parametrize(("statuses", "spent", "expected"), CHANGES.values(), ids=CHANGES.keys())
def test_fault_26_changes_of_several_names_are_waited_for_together(
    statuses: dict[str, Status], spent: float, expected: str
) -> None:
    submitted = SubmittedChanges(changes=[SubmittedChange(name=n, id=n) for n in statuses], submitted_at=at(0))
    deadline = a_deadline(timedelta(minutes=10), spent=spent)
    verdict = changes_progress(submitted, statuses, deadline, submitted.changes)
    assert verdict.status == expected
    assert ("shop" in verdict.sentence) is True


def test_must_not_fire_a_change_nobody_waits_for_holds_nothing() -> None:
    names = [SubmittedChange(name="api", id="C1"), SubmittedChange(name="shop", id="", critical=False)]
    verdict = changes_progress(
        SubmittedChanges(changes=names, submitted_at=at(0)),
        {"api": "INSYNC", "shop": "PENDING"},
        a_deadline(timedelta(minutes=10), spent=30),
        names[:1],
    )
    assert verdict.status == "ready"


@pytest.mark.parametrize("strategy_of_first", ["latch", "record"])
def test_must_not_fire_a_record_that_nobody_waits_for_holds_no_name_that_moves_by_the_latch(
    strategy_of_first: str,
) -> None:
    plan = read_plan(raw_names({"strategy": strategy_of_first}, {"strategy": "record"}))
    silent = SubmittedChanges(changes=[SubmittedChange(name="shop", id="", critical=False)], submitted_at=at(0))
    assert waited_for(silent, plan) == []
    verdict = changes_progress(silent, {}, a_deadline(timedelta(minutes=10), spent=30), [])
    assert (verdict.status, verdict.sentence) == ("ready", "No record is waited for")


def test_the_latch_comes_with_any_name_that_has_it() -> None:
    mixed = read_plan(raw_names(second={"strategy": "record"}))
    assert (strategy(mixed), by_latch(mixed)) == ("both", True)
    records = read_plan(raw_names({"strategy": "record"}, {"strategy": "record"}))
    assert (strategy(records), by_latch(records)) == ("record", False)
    assert (strategy(read_plan(raw_names())), by_latch(read_plan(raw_names()))) == ("latch", True)


@pytest.mark.parametrize(("aliased", "status"), [(True, "ready"), (False, "pending")])
def test_a_cname_is_judged_by_its_host_and_not_by_addresses_that_change(aliased: bool, status: str) -> None:
    verdict = traffic_progress(
        name="shop.example.com",
        region=OREGON,
        expected=[],
        resolved=["192.0.2.99"],
        answer=serving(OREGON),
        deadline=a_deadline(timedelta(minutes=10), spent=1),
        aliased=aliased,
    )
    assert verdict.status == status
