"""``lyo-dr breach``: where it starts, what it says first, what it refuses, and how a block is lifted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from cli import operator_api
from lyo_dr.model.consent import Question
from lyo_dr.model.incident import Signal, SystemRecord
from lyo_dr.store.incidents import Incidents
from lyo_dr.store.questions import Questions
from tests.cli.aws import ADA, IRELAND, OREGON, TwoRegions
from tests.cli.conftest import Type

SECRET = "lyo-saas/production/app-secrets"
NAME = "breach-eu-west-1-0123456789ab-high"


def words(output: str) -> str:
    return " ".join(output.split())


def test_it_starts_in_the_active_region_with_names_only(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("breach", "report", "--secret", SECRET, "--address", "203.0.113.7", "--by", "ada", "--yes")
    assert said.exit_code == 0, said.output
    ((name, given),) = aws.executions(IRELAND).items()
    signal = msgspec.convert(given["signal"], Signal)
    assert (signal.kind, signal.source, signal.region, signal.by) == ("breach", "operator", IRELAND, ADA)
    assert signal.breach is not None
    assert (signal.breach.addresses, signal.breach.secrets) == (["203.0.113.7"], [SECRET])
    assert name.startswith("breach-eu-west-1-")
    assert aws.executions(OREGON) == {}


def test_after_a_failover_it_starts_where_users_are_served(lyo_dr: Type, aws: TwoRegions) -> None:
    aws.system(OREGON).change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=1))
    assert lyo_dr("breach", "report", "--yes").exit_code == 0
    assert len(aws.executions(OREGON)) == 1


@pytest.mark.parametrize("severity", ["nan", "-1", "11", "grave"])
def test_a_severity_that_is_none_is_refused(lyo_dr: Type, aws: TwoRegions, severity: str) -> None:
    said = lyo_dr("breach", "report", "--severity", severity, "--yes")
    assert said.exit_code == 2
    assert "severity" in said.output
    assert aws.executions(IRELAND) == {}


def test_it_says_what_will_happen_and_asks(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("breach", "report", "--address", "198.51.100.9", "--address", "203.0.113.7", answer="n\n")
    assert said.exit_code == 1
    text = words(said.output)
    assert "privacy@lyo-counsel.com and the responders are notified, and the 72 hours begin" in text
    assert "Blocked at the web ACLs: 203.0.113.7/32" in text
    assert "198.51.100.9 is not blocked: 198.51.100.0/24 is protected" in text
    assert "After approval" in text
    assert aws.executions(IRELAND) == {}


def test_a_light_one_is_preserved_and_told_and_that_is_said(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("breach", "report", "--severity", "3", answer="n\n")
    assert "Nothing else: the threshold of the plan is 7" in words(said.output)


def test_a_secret_the_plan_does_not_know_is_refused(lyo_dr: Type, aws: TwoRegions) -> None:
    said = lyo_dr("breach", "report", "--secret", "sk-1234", "--yes")
    assert said.exit_code == 2
    assert "is not a secret of this plan" in words(said.output)


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []

    def take(_plan: Any, region: str, **fields: str) -> operator_api.Reply:
        found.append((region, fields))
        return operator_api.Reply(200, "ada lifted it")

    monkeypatch.setattr("cli.operations.breach.send_command", take)
    return found


def test_a_block_is_lifted_through_the_operator_api_of_the_region_that_knows_the_breach(
    lyo_dr: Type, aws: TwoRegions, orders: list[tuple[str, dict[str, Any]]]
) -> None:
    aws.given_incident(NAME, region=IRELAND)
    Incidents(aws.table(IRELAND)).set(NAME, breach="finding")
    said = lyo_dr("breach", "lift", NAME, "--why", "reassigned")
    assert said.exit_code == 0, said.output
    assert orders == [(IRELAND, {"action": "lift", "incident": NAME, "why": "reassigned"})]


def test_what_is_no_breach_is_not_lifted(
    lyo_dr: Type, aws: TwoRegions, orders: list[tuple[str, dict[str, Any]]]
) -> None:
    aws.given_incident("region-x", region=IRELAND)
    assert lyo_dr("breach", "lift", "region-x", "--why", "x").exit_code == 2
    assert orders == []


def test_a_breach_asks_in_its_own_region_though_its_lease_lies_in_the_other(lyo_dr: Type, aws: TwoRegions) -> None:
    now = datetime.now(UTC)
    aws.given_incident(NAME, region=IRELAND)
    assert aws.system(OREGON).take_lease(NAME, now, timedelta(minutes=15))
    question = Question(
        incident=NAME,
        epoch=1,
        facts="1f0c9a77be21",
        finding="breach",
        loss_ms=0,
        over_rpo=False,
        blockers=["policy.breach is approve"],
        evidence=["finding x"],
        irrevocable=["the logins in use until now are refused afterwards"],
        asked_at=now,
        expires_at=now + timedelta(minutes=30),
    )
    Questions(aws.table(IRELAND)).pose(question, "token")
    said = lyo_dr("questions")
    assert said.exit_code == 0
    assert f"lyo-dr approve {NAME} --facts 1f0c9a77be21" in words(said.output)
    assert "At stake: access; no work is lost" in words(said.output)
