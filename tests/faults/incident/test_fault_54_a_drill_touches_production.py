"""A drill on a laptop has no way to the customer's account: not by name, not by address, not by credential."""

from __future__ import annotations

import ipaddress
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from drills.scenarios.catalogue import DRILLS
from drills.world.addresses import Addresses
from drills.world.rehearsal_plan import adjusted, for_rehearsal
from local_aws.local import LocalAws
from local_aws.settings import DEFAULT_ACCOUNT
from lyo_dr.model.resource_names import ResourceNames
from tests.plans import lyo_plan

CUSTOMER = lyo_plan()
PLACES = Addresses(slot=0)


def rehearsed(drill: str) -> Any:
    chosen = DRILLS[drill]
    customer = chosen.customer(CUSTOMER)
    return adjusted(for_rehearsal(customer, PLACES), customer, chosen.rehearsed).plan


@pytest.mark.parametrize("drill", DRILLS)
def test_fault_54_no_drill_knows_the_customers_account(drill: str) -> None:
    plan = rehearsed(drill)
    assert plan.account == DEFAULT_ACCOUNT != CUSTOMER.account
    assert CUSTOMER.account not in plan.to_json()
    assert CUSTOMER.account not in ResourceNames(plan, "eu-west-1").machine("breach_response")


@pytest.mark.parametrize("drill", DRILLS)
def test_fault_54_every_address_a_drill_asks_is_on_loopback(drill: str) -> None:
    plan = rehearsed(drill)
    hosts = [urlsplit(place.url).hostname for one in plan.services for place in one.places.values() if place.url]
    hosts += [target.address for target in plan.main_front().targets.values()]
    hosts += [urlsplit(plan.observers.witness).hostname, *(one.split(":")[0] for one in plan.main_front().resolvers)]
    assert hosts
    for host in hosts:
        assert ipaddress.ip_address(host or "").is_loopback, host


def test_fault_54_the_front_name_is_the_only_one_and_is_asked_on_loopback() -> None:
    """The customer's own name is resolved by the drill's own server; nobody else is asked for it."""
    plan = rehearsed("region-loss")
    found = re.findall(r"https?://([^/:\"]+)", json.dumps(json.loads(plan.to_json())["traffic"]))
    assert found == [CUSTOMER.main_front().name]
    assert plan.main_front().resolvers == [PLACES.resolver]


def test_fault_54_the_local_aws_is_started_without_anybodys_credentials(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the customer's")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.com")
    aws = LocalAws(directory=tmp_path, port=4566)
    given: list[dict[str, str]] = []

    def started(*_command: object, env: dict[str, str], **_more: object) -> None:
        given.append(env)
        raise OSError("not started")

    monkeypatch.setattr("local_aws.local.subprocess.Popen", started)
    with pytest.raises(OSError, match="not started"):
        aws.start()
    assert {name for name in given[0] if name.startswith(("AWS_", "HTTP"))} == {"AWS_ENDPOINT_URL"}
    assert urlsplit(given[0]["AWS_ENDPOINT_URL"]).hostname == "127.0.0.1"
