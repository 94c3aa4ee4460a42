"""``lyo-dr resume INCIDENT``, and a second ``lyo-dr start`` of the same region."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.steps.incident_response.open_incident import Request
from lyo_dr.store.incidents import Incidents
from tests.cli.aws import ADA, IRELAND, OREGON, TwoRegions
from tests.cli.conftest import Type

NAME = "region-eu-west-1-20260329T120000"


def given_failed(aws: TwoRegions, **head: Any) -> Incidents:
    """A failed incident in Oregon that has promoted bookings and keeps its lease."""
    aws.given_incident(NAME, "Promoting", ended="FAILED")
    incidents = Incidents(aws.table())
    incidents.set(NAME, **{"state": "failed", "ending": "failed", **head})
    incidents.record_once(NAME, "PROMOTION", "bookings")
    assert aws.system().take_lease(NAME, datetime.now(UTC), timedelta(days=365))
    return incidents


def resume(lyo_dr: Type, *more: str, answer: str | None = None) -> Any:
    words = ("resume", NAME, "--why", "quota raised", "--by", "ada", *more)
    return lyo_dr(*words) if answer is None else lyo_dr(*words, answer=answer)


def test_it_starts_the_execution_that_takes_the_incident_up_with_a_signal_its_first_step_accepts(
    lyo_dr: Type, aws: TwoRegions
) -> None:
    given_failed(aws)
    said = resume(lyo_dr, "--yes")
    assert said.exit_code == 0, said.output
    given = aws.executions()[f"{NAME}-2"]
    signal = msgspec.convert({**given, "execution": f"{NAME}-2"}, Request).signal
    assert signal.resumes is not None
    assert (signal.resumes.incident, signal.resumes.by, signal.resumes.why) == (NAME, ADA, "quota raised")
    assert (signal.kind, signal.source, signal.region) == ("region", "route53", IRELAND)
    assert f"lyo-dr timeline {NAME} --region us-west-2 --follow" in said.output


def test_it_shows_what_is_adopted_and_asks(lyo_dr: Type, aws: TwoRegions) -> None:
    given_failed(aws)
    said = resume(lyo_dr, answer="n\n")
    assert said.exit_code == 1
    assert "It adopts bookings, recovered before; nothing is promoted a second time." in said.output
    assert list(aws.executions()) == [NAME]


def test_two_people_start_one_execution(lyo_dr: Type, aws: TwoRegions) -> None:
    given_failed(aws)
    assert resume(lyo_dr, "--yes").exit_code == 0
    again = lyo_dr("resume", NAME, "--why", "it is me, too", "--by", "grace", "--yes")
    assert again.exit_code == 0
    assert f"{NAME} is being taken up already" in again.output
    assert sorted(aws.executions()) == [NAME, f"{NAME}-2"]


def test_a_run_that_failed_has_used_its_name_up(lyo_dr: Type, aws: TwoRegions) -> None:
    given_failed(aws)
    assert resume(lyo_dr, "--yes").exit_code == 0
    aws.end(f"{NAME}-2", "FAILED")
    assert resume(lyo_dr, "--yes").exit_code == 0
    assert sorted(aws.executions()) == [NAME, f"{NAME}-2", f"{NAME}-3"]


@pytest.mark.parametrize("ending", ["recovered", "held"])
def test_the_twin_a_closed_incident_is_not_taken_up(lyo_dr: Type, aws: TwoRegions, ending: str) -> None:
    given_failed(aws, state="closed", ending=ending)
    said = resume(lyo_dr, "--yes")
    assert said.exit_code == 2
    assert f"has ended ({ending}); only a failed incident is taken up again" in said.stderr
    assert list(aws.executions()) == [NAME]


def test_the_twin_a_running_one_neither(lyo_dr: Type, aws: TwoRegions) -> None:
    given_failed(aws, state="open", ending="")
    said = resume(lyo_dr, "--yes")
    assert said.exit_code == 2
    assert "is still in progress, in execution" in said.stderr


def test_an_unknown_incident_and_a_missing_reason_get_a_sentence(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("resume", "nobody-knows-it", "--why", "x", "--yes")
    assert said.exit_code == 2
    assert "There is no incident nobody-knows-it" in said.stderr
    said = lyo_dr("resume", NAME, "--yes")
    assert said.exit_code == 2
    assert "--why" in said.stderr


def test_a_second_start_of_the_same_region_takes_the_failed_incident_up(lyo_dr: Type, aws: TwoRegions) -> None:
    given_failed(aws)
    said = lyo_dr("start", "--region", IRELAND, "--by", "ada", "--yes")
    assert said.exit_code == 0, said.output
    assert sorted(aws.executions()) == [NAME, f"{NAME}-2"]


def test_the_twin_without_anything_to_adopt_it_starts_a_new_one(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.given_incident(NAME, ended="FAILED")
    Incidents(aws.table()).set(NAME, state="failed", ending="failed")
    assert lyo_dr("start", "--region", IRELAND, "--by", "ada", "--yes").exit_code == 0
    assert [name for name in aws.executions() if name.startswith("operator-eu-west-1-")]


def test_the_timeline_and_the_status_know_the_execution_that_has_taken_it_up(lyo_dr: Type, aws: TwoRegions) -> None:
    incidents = given_failed(aws)
    aws.given_signal(f"{NAME}-2", ended="SUCCEEDED")
    head = incidents.head(NAME)
    assert head is not None
    assert incidents.take_up(NAME, f"{NAME}-2", head)
    incidents.set(NAME, state="closed", ending="recovered")
    assert "recovered" in lyo_dr("status", "--region", OREGON).output
    said = lyo_dr("timeline", f"{NAME}-2", "--region", OREGON, "--follow")
    assert "Promoting" in said.output
    assert "The incident has ended: SUCCEEDED." in said.output
    assert said.exit_code == 0
