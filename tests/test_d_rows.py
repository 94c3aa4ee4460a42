"""What of AWS is only said to people, held against the code that would make it untrue."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from lyo_dr.model.plan.hooks import STAGES
from lyo_dr.model.resource_names import ResourceNames
from stacks.constructs.step import Limits
from stacks.process import limits_of
from tests.plans import PLAN_FILE, lyo_plan
from tests.state_machines.asl import machine

DOCS = PLAN_FILE.parent / "docs"
SYNCHRONOUS = "arn:aws:states:::states:startExecution.sync:2"
ONE_AFTER_THE_OTHER = ("GatherFacts", "ReadFactsAgain", "FenceRegion", "PromoteDatabase", "ValidateStandby")
"""The machines whose end a failover waits for before traffic is moved."""
NOT_ON_THE_WAY = {
    "AwaitConsent": "only where a person is asked",
    "ReadFactsAnew": "only after a person was asked",
    "RestoreReplicated": "in the place of PromoteDatabase",
    "DeployService": "beside PromoteDatabase",
    "RaiseFollower": "after the switch, for what runs once",
    "SwitchTraffic": "users are served before it ends",
    "ValidateFrontDoor": "users are served",
    **{
        f"RunHooks{''.join(part.capitalize() for part in stage.split('_'))}": "only where the plan has hooks for it"
        for stage in STAGES
    },
}


def page(name: str) -> str:
    """The text of a page, with one space for each line end."""
    return re.sub(r"\s+", " ", (DOCS / name).read_text(encoding="utf-8"))


def states(value: Any) -> dict[str, Any]:
    """Every state of a machine by its name, however deep."""
    found: dict[str, Any] = {}
    if isinstance(value, dict):
        found |= value.get("States", {})
        for inner in value.values():
            found |= states(inner)
    if isinstance(value, list):
        for inner in value:
            found |= states(inner)
    return found


def test_d1_the_how_to_asks_for_the_concurrency_that_keepers_need() -> None:
    text = page("how-to/deploy.md")
    assert "Lambda's concurrency is 100 or more in **both** regions" in text
    assert "aws lambda get-account-settings --region $region --query AccountLimit.ConcurrentExecutions" in text
    assert "100 or more in both" in page("how-to/first-account.md")


def test_d4_a_table_is_compared_within_the_limits_that_are_stated() -> None:
    limits = limits_of("compare_damaged", "CompareTable")
    assert limits.timeout.to_minutes() == 15
    assert "disk" not in {field.name for field in dataclasses.fields(Limits)}, "a function's disk is what Lambda gives"
    text = page("limits.md")
    assert "512 MB of disk and has 15 minutes: some ten million rows" in text
    assert "A larger table is reported as not compared" in text


def test_d4_a_comparison_that_does_not_end_is_reported_to_people() -> None:
    compare = machine("compare_damaged")["States"]
    assert states(compare["CompareTables"])["CompareTable"]["TimeoutSeconds"] == 900
    (caught,) = compare["CompareTables"]["Catch"]
    assert (caught["ErrorEquals"], caught["Next"]) == (["States.ALL"], "AnnounceUncompared")


def test_d5_versions_that_are_kept_fit_into_the_code_storage_and_the_how_to_says_how_much_is_used() -> None:
    text = page("how-to/deploy.md")
    assert "1 MB of the 75 GB of code storage in each region" in text
    assert "aws lambda get-account-settings --query AccountUsage.TotalCodeSize" in text


def test_d6_the_way_of_a_failover_has_as_many_nested_machines_as_the_drills_say() -> None:
    nested = {
        name
        for process in ("incident_response", "region_failover")
        for name, state in states(machine(process)).items()
        if state.get("Resource") == SYNCHRONOUS
    }
    inside = {
        name for name, state in states(machine("region_failover")).items() if state.get("Resource") == SYNCHRONOUS
    }
    assert set(ONE_AFTER_THE_OTHER) <= nested
    assert inside == (set(ONE_AFTER_THE_OTHER) - {"GatherFacts"}) | set(NOT_ON_THE_WAY)
    words = {5: "five"}[len(ONE_AFTER_THE_OTHER)]
    assert f"the way of a failover has {words} of them one after the other" in page("drills.md")
    assert "`.sync:2`" in page("drills.md")


def test_d8_the_onboarding_lets_our_user_in_when_the_app_has_taken_all_connections() -> None:
    text = page("how-to/onboard-a-database.md")
    assert "grant pg_use_reserved_connections to lyo_dr;" in text
    assert "`reserved_connections` in the parameter group has to be above 0" in text


def test_d10_the_how_to_names_the_alarm_that_rings_from_the_first_day_and_says_that_it_is_expected() -> None:
    plan = lyo_plan()
    alarm = ResourceNames(plan, plan.regions.secondary).endpoint_alarm(plan.regions.secondary)
    text = page("how-to/deploy.md")
    assert f"`{alarm}` is in ALARM from the first day. That is expected" in text
