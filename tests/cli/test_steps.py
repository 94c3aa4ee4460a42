"""``lyo-dr retry`` and ``lyo-dr skip``: one step of an incident, by its name."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cli import operator_api
from cli.operations.steps import steps_of_a_failover
from lyo_dr.decisions.incident.skip import PROTECTING, SKIPPABLE
from lyo_dr.model.step_record import Skip, StepFailure
from lyo_dr.store.step_records import StepRecords
from tests.cli.aws import ADA, OREGON, TwoRegions
from tests.cli.conftest import Type
from tests.cli.test_resume import NAME, given_failed


def failed_at(aws: TwoRegions, step: str, **changes: Any) -> None:
    facts: dict[str, Any] = {"step": step, "execution": NAME, "at": datetime.now(UTC), "sentence": "2 of 4 tasks run"}
    StepRecords(aws.table()).failed(NAME, StepFailure(**{**facts, **changes}))


def retry(lyo_dr: Type, step: str, *more: str) -> Any:
    return lyo_dr("retry", NAME, step, "--why", "quota raised", "--by", "ada", *more)


def test_the_step_that_failed_is_retried_by_taking_the_incident_up(lyo_dr: Type, aws: TwoRegions) -> None:
    given_failed(aws)
    failed_at(aws, "CheckCapacity")
    said = retry(lyo_dr, "CheckCapacity", "--yes")
    assert said.exit_code == 0, said.output
    resumes = aws.executions()[f"{NAME}-2"]["signal"]["resumes"]
    assert (resumes["incident"], resumes["by"]) == (NAME, ADA)
    assert resumes["why"] == "CheckCapacity is retried: quota raised"
    again = retry(lyo_dr, "CheckCapacity", "--yes")
    assert (again.exit_code, sorted(aws.executions())) == (0, [NAME, f"{NAME}-2"])


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ("CheckGate", f"CheckGate is not on record as failed in {NAME}; CheckCapacity failed: 2 of 4 tasks run"),
        ("CheckCapacty", "CheckCapacty is no step of a failover; did you mean CheckCapacity? CheckCapacity failed: 2"),
        ("[/b]", "[/b] is no step of a failover. CheckCapacity failed: 2 of 4 tasks run"),
    ],
)
def test_the_twin_another_step_starts_nothing(lyo_dr: Type, aws: TwoRegions, step: str, sentence: str) -> None:
    given_failed(aws)
    failed_at(aws, "CheckCapacity")
    said = retry(lyo_dr, step, "--yes")
    assert said.exit_code == 2
    assert f"nothing was started: {sentence}" in " ".join(said.stderr.split())
    assert list(aws.executions()) == [NAME]


def test_the_twin_an_incident_that_recovered_is_not_taken_up(lyo_dr: Type, aws: TwoRegions) -> None:
    given_failed(aws, state="closed", ending="recovered")
    failed_at(aws, "CheckCapacity")
    said = retry(lyo_dr, "CheckCapacity", "--yes")
    assert said.exit_code == 2
    assert "has ended (recovered)" in said.stderr
    assert list(aws.executions()) == [NAME]


def test_a_step_that_is_being_retried_is_left_to_its_machine(lyo_dr: Type, aws: TwoRegions) -> None:
    given_failed(aws, state="open", ending="")
    failed_at(aws, "CheckCapacity", retried=True)
    said = retry(lyo_dr, "CheckCapacity", "--yes")
    assert said.exit_code == 0, said.output
    assert f"CheckCapacity is being retried by {NAME} already" in said.output
    assert list(aws.executions()) == [NAME]


def test_a_skip_goes_to_the_operator_api_of_the_region_that_handles_the_incident(
    lyo_dr: Type, aws: TwoRegions, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = []

    def take(_plan: Any, region: str, **fields: str) -> operator_api.Reply:
        orders.append((region, fields))
        return operator_api.Reply(409, "FenceServices cannot be skipped: it fences the lost region")

    monkeypatch.setattr("cli.operations.steps.send_command", take)
    given_failed(aws)
    said = lyo_dr("skip", NAME, "FenceServices", "--why", "x")
    assert said.exit_code == 1
    assert "FenceServices cannot be skipped" in said.output
    assert orders == [(OREGON, {"action": "skip", "incident": NAME, "step": "FenceServices", "why": "x"})]
    unknown = lyo_dr("skip", "nobody-knows-it", "CheckTraffic", "--why", "x")
    assert unknown.exit_code == 2
    assert "nothing was skipped: There is no incident nobody-knows-it" in unknown.stderr


def test_the_status_names_the_failed_step_with_its_command_and_each_skip(lyo_dr: Type, aws: TwoRegions) -> None:
    given_failed(aws)
    failed_at(aws, "CheckCapacity")
    failed_at(aws, "CheckGate", passed=True)
    StepRecords(aws.table()).skip(NAME, Skip(step="CheckTraffic", by="arn:ada", why="a [/b]", at=datetime.now(UTC)))
    text = " ".join(lyo_dr("status").output.split())
    assert f"failed CheckCapacity: 2 of 4 tasks run; `lyo-dr retry {NAME} CheckCapacity`" in text
    assert "skipped CheckTraffic of the newest incident, by arn:ada: a [/b] (not reached yet)" in text
    assert "CheckGate" not in text


def test_the_steps_of_a_failover_are_those_of_its_machines_and_both_tables_name_only_such() -> None:
    known = steps_of_a_failover()
    assert {*SKIPPABLE, *PROTECTING} <= set(known)


def test_the_former_name_of_lost_still_works_and_says_so(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("start", "--region", "eu-west-1", "--why", "the provider says so", "--yes")
    assert said.exit_code == 0, said.output
    assert "--region is the former name of --lost" in said.stderr
    (given,) = aws.executions().values()
    assert given["signal"]["why"] == "the provider says so"
    new = lyo_dr("start", "--lost", "eu-west-1", "--yes")
    assert "former name" not in new.output
    both = lyo_dr("start", "--lost", "eu-west-1", "--region", "us-west-2", "--yes")
    assert both.exit_code == 2
    assert "only one can be lost" in both.stderr
