"""``lyo-dr start``: what a person starts, where, and what is said when that cannot be."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from lyo_dr.model.incident import Signal, SystemRecord
from lyo_dr.steps.incident_response.open_incident import Request
from tests.cli.aws import ADA, IRELAND, OREGON, TwoRegions
from tests.cli.conftest import Type
from tests.plans import lyo_plan, plan_of_ways, raw_plan


def test_the_incident_starts_in_the_peer_of_the_lost_region_with_a_signal_its_first_step_accepts(
    lyo_dr: Type, aws: TwoRegions
) -> None:
    said = lyo_dr("start", "--region", IRELAND, "--by", "ada", "--yes")
    assert said.exit_code == 0, said.output
    assert aws.executions(IRELAND) == {}
    [(name, given)] = aws.executions(OREGON).items()
    assert re.fullmatch(r"operator-eu-west-1-\d{8}T\d{6}", name)
    signal: Signal = msgspec.convert({**given, "execution": name}, Request).signal
    assert (signal.kind, signal.source, signal.region, signal.by) == ("region", "operator", IRELAND, ADA)
    assert abs(datetime.now(UTC) - signal.at) < timedelta(minutes=1)
    assert f"Started in us-west-2: {name}" in said.output
    assert f"lyo-dr timeline {name} --region us-west-2 --follow" in said.output


def test_nothing_of_the_lost_region_is_called(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.silent = {IRELAND}
    assert lyo_dr("start", "--region", IRELAND, "--yes").exit_code == 0
    assert aws.asked
    assert not [call for call in aws.asked if IRELAND in call]


def test_it_shows_what_will_happen_and_asks(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("start", "--region", IRELAND, "--by", "ada", answer="n\n")
    assert said.exit_code == 1
    assert f"started by {ADA}, handled in us-west-2" in said.output
    assert "If eu-west-1 is alive, it stands down, and nothing is changed." in said.output
    assert "at most 15 min of work can be missing" in said.output
    assert "promotes bookings in us-west-2: this is irreversible." in said.output
    assert "Start an incident for the loss of eu-west-1? [y/N]" in said.output
    assert "Nothing was started." in said.output
    assert aws.executions() == {}


def test_yes_to_the_question_starts_it(lyo_dr: Type, aws: TwoRegions) -> None:
    assert lyo_dr("start", "--region", IRELAND, answer="y\n").exit_code == 0
    assert len(aws.executions()) == 1


def test_a_plan_that_wants_approval_says_that_nothing_will_be_changed(lyo_dr: Type, aws: TwoRegions) -> None:
    from cli.operations.start import preview
    from lyo_dr.model.plan.file import read_plan

    plan = read_plan(raw_plan(policy__failover="approve"))
    signal = Signal("region", "operator", IRELAND, datetime.now(UTC), "ada")
    said = "\n".join(preview(plan, signal, "operator-x", "not read"))
    assert "policy.failover is approve: it asks for approval, and shows the predicted loss." in said
    assert "The state of us-west-2 was not read: not read" in said


def test_it_says_what_becomes_of_databases_without_a_replica_and_nothing_of_that_where_all_have_one() -> None:
    from cli.operations.start import preview

    signal = Signal("region", "operator", IRELAND, datetime.now(UTC), "ada")
    said = "\n".join(preview(plan_of_ways(), signal, "operator-x", "not read"))
    assert "and promotes bookings in us-west-2" in said
    assert "reports is restored from backups replicated to us-west-2: the plan gives it no replica." in said
    assert "scratch is left in eu-west-1, and not recovered." in said
    assert "no replica" not in "\n".join(preview(lyo_plan(), signal, "operator-x", "not read"))


def test_it_foretells_that_a_region_that_is_not_active_starts_nothing(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.system().change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=3))
    said = lyo_dr("start", "--region", IRELAND, answer="n\n")
    assert "recorded and start nothing: eu-west-1 is not the active region (us-west-2 is)." in said.output


def test_it_foretells_a_pause_and_an_incident_that_is_being_worked_on(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.table().put({"pk": "SYSTEM", "sk": "PAUSE", "paused": True, "by": "bob", "why": "maintenance"})
    assert aws.system().take_lease("region-eu-west-1-x", datetime.now(UTC), timedelta(minutes=15))
    said = lyo_dr("start", "--region", IRELAND, answer="n\n")
    assert "Another incident is in progress since" in said.output
    assert "The automation is paused by bob: maintenance." in said.output


def test_an_unknown_region_is_refused_with_those_of_the_plan(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("start", "--region", "eu-west-3", "--yes")
    assert said.exit_code == 2
    assert "'eu-west-3' is not a region of this plan" in said.stderr
    assert "eu-west-1 or us-west-2" in said.stderr
    assert aws.asked == []


def test_without_credentials_it_says_what_to_set(
    lyo_dr: Type, nothing_deployed: TwoRegions, monkeypatch: pytest.MonkeyPatch, new_session: None
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    said = lyo_dr("start", "--region", IRELAND, "--yes")
    assert said.exit_code == 2
    assert "nothing was started in us-west-2: there are no usable AWS credentials" in said.stderr
    assert "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY" in said.stderr


def test_a_profile_that_does_not_exist_is_a_sentence(
    lyo_dr: Type, nothing_deployed: TwoRegions, monkeypatch: pytest.MonkeyPatch, new_session: None
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    said = lyo_dr("start", "--region", IRELAND, "--yes")
    assert said.exit_code == 2
    assert "The config profile (nobody) could not be found" in said.stderr


def test_credentials_that_have_expired_are_a_sentence(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.refusals[OREGON] = "ExpiredTokenException"
    said = lyo_dr("start", "--region", IRELAND, "--yes")
    assert said.exit_code == 2
    assert "AWS does not accept your credentials (ExpiredTokenException); renew them" in said.stderr


def test_a_region_without_lyo_dr_is_a_sentence(lyo_dr: Type, nothing_deployed: TwoRegions) -> None:
    said = lyo_dr("start", "--region", IRELAND, "--yes")
    assert said.exit_code == 2
    assert (
        "nothing was started in us-west-2: Lyo DR is not deployed in us-west-2 of this account under this plan"
        in said.stderr
    )


def test_who_may_not_start_is_told_so(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.refusals[f"{OREGON} states"] = "AccessDeniedException"
    said = lyo_dr("start", "--region", IRELAND, "--yes")
    assert said.exit_code == 2
    assert (
        "nothing was started in us-west-2: your credentials do not allow this in us-west-2: starting operator-"
        in said.stderr
    )
    assert "because the test says so" in said.stderr


def test_who_may_start_but_not_read_may_start(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.refusals[f"{OREGON} dynamodb"] = "AccessDeniedException"
    said = lyo_dr("start", "--region", IRELAND, "--yes")
    assert said.exit_code == 0
    assert "The state of us-west-2 was not read: your credentials do not allow this in us-west-2" in said.output
    assert len(aws.executions()) == 1


def test_an_endpoint_nobody_listens_at_is_a_sentence(lyo_dr: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    said = lyo_dr("start", "--region", IRELAND, "--yes")
    assert said.exit_code == 2
    assert "nothing was started in us-west-2: no response from http://127.0.0.1:9 (AWS_ENDPOINT_URL)" in said.stderr


def test_an_endpoint_that_is_no_address_is_a_sentence(lyo_dr: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "localhost:4600")
    said = lyo_dr("start", "--region", IRELAND, "--yes")
    assert said.exit_code == 2
    assert "AWS_ENDPOINT_URL is 'localhost:4600', which is not a web address" in said.stderr


def test_a_recovery_region_that_is_silent_ends_the_attempt_within_a_bound(
    lyo_dr: Type, aws: TwoRegions, impatient: None
) -> None:
    aws.silent = {OREGON}
    began = time.monotonic()
    said = lyo_dr("start", "--region", IRELAND, "--yes")
    assert said.exit_code == 2
    assert "nothing was started in us-west-2: us-west-2 does not answer" in said.stderr
    assert time.monotonic() - began < 20
