"""Databases without a replica in the plan: what each way needs, what contradicts it, and the twins that may."""

from __future__ import annotations

from typing import Any

import pytest

from cli.plan_reader.advice import warnings
from lyo_dr.model.plan import plan_from_json
from lyo_dr.model.plan.file import PlanFaults, read_plan
from lyo_dr.model.plan.stages import failover_stages
from tests.plans import lyo_plan, plan_of_ways, raw_plan_of_ways

IRELAND, OREGON = "eu-west-1", "us-west-2"
_BOTH = {IRELAND: "lyo-a", OREGON: "lyo-b"}
_DELAYED = {"delayed": {"instances": {OREGON: "lyo-late"}, "delay": "PT1H"}}
_NOTHING_RECOVERED = (
    "databases: every one is left, so a failover recovers no data; write way: promote or restore for one"
)


def faults(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(PlanFaults) as found:
        read_plan(raw)
    return found.value.faults


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a restore nobody can make": (
        {"reports__restore_as": None},
        "databases[1].restore_as: missing; way: restore needs",
    ),
    "words for a restore that is none": (
        {"reports__way": "promote", "reports__instances": _BOTH},
        "databases[1].restore_as: way: promote restores nothing there; remove it, or write way: restore",
    ),
    "a replica that is restored": (
        {"reports__instances": _BOTH},
        (
            "databases[1].instances: given for eu-west-1, us-west-2; way: restore has an instance in the primary "
            "region alone, so give it for eu-west-1"
        ),
    ),
    "one alone in the secondary": (
        {"scratch__instances": {OREGON: "lyo-scratch"}},
        "databases[2].instances: given for us-west-2; way: leave has an instance in the primary region alone",
    ),
    "a replica that is missing": (
        {"bookings__instances": {IRELAND: "lyo-a"}},
        (
            "databases[0].instances: given for eu-west-1; give it for eu-west-1 and us-west-2, or say how it recovers "
            "without a replica (way: restore or leave)"
        ),
    ),
    "traffic that waits for what is left": (
        {"scratch__critical": True},
        "databases[2].critical: scratch is left, so traffic cannot wait for it; write critical: false",
    ),
    "a delayed replica of nothing": (
        {"reports__restore": _DELAYED},
        "databases[1].restore.delayed.instances: reports has no instance in us-west-2 that a replica could follow",
    ),
    "a name that is taken there": (
        {"bookings__instances": {IRELAND: "lyo-a", OREGON: "lyo-reports-oregon"}},
        "databases[1].restore_as.instance: 'lyo-reports-oregon' is the instance of 'bookings' already",
    ),
    "two databases on one instance": (
        {"scratch__instances": {IRELAND: "lyo-reports"}},
        (
            "databases[2].instances.eu-west-1: 'lyo-reports' is the instance of 'reports' already; an incident "
            "promotes or restores a whole instance, so several databases on one cannot be said (docs/limits.md)"
        ),
    ),
}


@pytest.mark.parametrize(("changes", "sentence"), REFUSED.values(), ids=REFUSED)
def test_each_contradiction_is_one_sentence(changes: dict[str, Any], sentence: str) -> None:
    (fault,) = faults(raw_plan_of_ways(**changes))
    assert fault.startswith(sentence)


def test_the_twin_is_complete_and_comes_back_from_its_canonical_form() -> None:
    plan = plan_of_ways()
    assert plan_from_json(plan.to_json()) == plan
    assert [database.way for database in lyo_plan().databases] == ["promote"]


def test_a_critical_service_cannot_wait_for_a_database_that_is_left() -> None:
    raw = raw_plan_of_ways()
    raw["services"][0]["database"] = "scratch"
    assert faults(raw)[0].startswith("services[0].critical: assistant reports about scratch, which is left")
    raw["services"].append({**raw["services"][0], "name": "tools", "critical": False})
    raw["services"][0]["database"] = "bookings"
    raw["services"][1]["places"] = {
        region: {**place, "service": f"{place['service']}-tools"}
        for region, place in raw["services"][0]["places"].items()
    }
    assert read_plan(raw).service("tools").database == "scratch"


def test_a_plan_that_recovers_no_data_is_refused() -> None:
    raw = raw_plan_of_ways()
    raw["databases"] = raw["databases"][2:]
    raw["services"][0] |= {"database": "scratch", "critical": False}
    assert _NOTHING_RECOVERED in faults(raw)


def test_where_each_database_is() -> None:
    plan = plan_of_ways()
    assert [d.name for d in plan.databases_in(IRELAND)] == ["bookings", "reports", "scratch"]
    assert [d.name for d in plan.databases_in(OREGON)] == ["bookings", "reports"]
    assert [d.name for d in plan.left_by(OREGON)] == ["scratch"]
    assert plan.left_by(IRELAND) == [], "the way back leaves nothing behind"
    reports = plan.database("reports")
    assert (reports.instance_in(IRELAND), reports.instance_in(OREGON)) == ("lyo-reports", "lyo-reports-oregon")
    assert reports.lives_in("lyo-reports-oregon-r-1a2b3c4d-1", OREGON)
    assert not reports.lives_in("lyo-reports-r-1a2b3c4d-1", OREGON)


def test_users_wait_for_a_restore_only_where_it_is_critical() -> None:
    def names(critical: bool) -> list[str]:
        return [stage.name for stage in failover_stages(plan_of_ways(reports__critical=critical))]

    assert "restore" in names(critical=True)
    assert "restore" not in names(critical=False)


def said(**changes: Any) -> list[str]:
    return [line for line in warnings(plan_of_ways(**changes)) if "replica" in line]


def test_backups_that_end_before_the_rpo_does_are_a_warning() -> None:
    assert said(reports__rpo="PT5M") == [
        (
            "databases[1].rpo: 5 min for reports, which is restored from replicated backups: these may end 10 min "
            "before the outage; raise it, or give it a replica"
        )
    ]
    assert said(reports__rpo="PT10M") == []
    assert said() == [], "fifteen minutes, as the plan's objective says"


def test_a_plan_without_any_replica_is_a_warning() -> None:
    raw = raw_plan_of_ways()
    raw["databases"] = raw["databases"][1:]
    raw["services"][0]["database"] = "reports"
    raw["secrets"][0]["database"] = "reports"
    raw["databases"][0]["critical"] = True
    assert any(line.startswith("databases: none has a replica") for line in warnings(read_plan(raw)))
