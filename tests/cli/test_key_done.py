"""``lyo-dr key-done``: a person's word goes to the active region, with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from cli import operator_api
from cli.operator_api import OperatorApiUnreachable
from lyo_dr.model.incident import SystemRecord
from tests.cli.aws import IRELAND, OREGON, TwoRegions
from tests.cli.conftest import Type

SECRET = "lyo-saas/production/app-secrets"
ORDER = {"action": "settle", "secret": SECRET, "key": "REDIS_URL", "why": "changed in both regions"}


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []

    def take(_plan: Any, region: str, **fields: str) -> operator_api.Reply:
        found.append((region, fields))
        return operator_api.Reply(200 if fields["key"] == "REDIS_URL" else 404, "said so")

    monkeypatch.setattr("cli.operations.key_done.send_command", take)
    return found


def test_it_is_said_in_the_active_region(lyo_dr: Type, aws: TwoRegions, orders: list[Any]) -> None:
    assert lyo_dr("key-done", SECRET, "REDIS_URL", "--why", ORDER["why"]).exit_code == 0
    aws.system(OREGON).change_record(SystemRecord(active_region=OREGON, standby_region=None, epoch=1))
    assert lyo_dr("key-done", SECRET, "REDIS_URL", "--why", ORDER["why"]).exit_code == 0
    assert orders == [(IRELAND, ORDER), (OREGON, ORDER)]


def test_without_a_reason_nothing_is_said(lyo_dr: Type, aws: TwoRegions, orders: list[Any]) -> None:
    assert lyo_dr("key-done", SECRET, "REDIS_URL").exit_code == 2
    assert orders == []


def test_a_refusal_and_a_closed_door_have_exit_codes_of_their_own(
    lyo_dr: Type, aws: TwoRegions, orders: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lyo_dr("key-done", SECRET, "NOPE", "--why", "x").exit_code == 1

    def closed(*_: Any, **__: Any) -> Any:
        raise OperatorApiUnreachable("nothing was changed in eu-west-1: no answer")

    monkeypatch.setattr("cli.operations.key_done.send_command", closed)
    said = lyo_dr("key-done", SECRET, "REDIS_URL", "--why", "x")
    assert said.exit_code == 2
    assert "nothing was changed in eu-west-1" in said.output
