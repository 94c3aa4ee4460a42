"""Somebody else changes the IP set at the same moment; and what was ours is lifted, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.session import client
from lyo_dr.adapters.aws.waf import change_set, read_set
from lyo_dr.decisions.breach.response import judge_breach
from lyo_dr.errors import WriteConflict
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Plan
from lyo_dr.steps.breach_response import block_addresses, lift_containment
from tests.plans import lyo_plan
from tests.unit.aws import World, refusal
from tests.unit.breaches import BREACH, INTRUDER, a_breach_signal, given_breach
from tests.unit.builders import IRELAND, OREGON

SET = "lyo-saas-blocked"
OTHER = "192.0.2.1/32"


@pytest.fixture
def ours(world: World, monkeypatch: pytest.MonkeyPatch) -> Incident:
    """A breach in Ireland that holds its lease in Oregon; both regions have their sets, one with an entry of others."""
    monkeypatch.setenv("AWS_REGION", IRELAND)
    world.calls.preparing = True
    for region in (IRELAND, OREGON):
        for name, kind in ((SET, "IPV4"), (f"{SET}-6", "IPV6")):
            entries = [OTHER] if kind == "IPV4" else []
            client("wafv2", region).create_ip_set(Name=name, Scope="REGIONAL", IPAddressVersion=kind, Addresses=entries)
    world.calls.preparing = False
    return given_breach(world)


def block(incident: Incident, plan: Plan | None = None, **hint: Any) -> Any:
    course = judge_breach(plan or lyo_plan(), incident, a_breach_signal(**hint), None)
    request = {"incident": msgspec.to_builtins(incident), "course": msgspec.to_builtins(course)}
    return block_addresses.handler(request)


def blocked(region: str, name: str = SET) -> list[str]:
    return read_set(name, region).addresses


def racing(world: World, times: int) -> Callable[[int, str], None]:
    """Somebody else changes the set between our look and our write, so many times."""
    left = [times]

    def change(_number: int, name: str) -> None:
        if name != "wafv2:UpdateIPSet" or left[0] == 0:
            return
        left[0] -= 1
        found = read_set(SET, IRELAND)
        world.calls.preparing = True
        client("wafv2", IRELAND).update_ip_set(
            Name=SET,
            Scope="REGIONAL",
            Id=found.id,
            Addresses=[*found.addresses, f"198.18.0.{left[0]}/32"],
            LockToken=found.token,
        )
        world.calls.preparing = False

    return change


def test_both_regions_are_closed_and_what_others_put_in_stays(ours: Incident) -> None:
    part = block(ours, addresses=[INTRUDER, "2001:db8::7"])
    assert (part["part"], part["status"]) == ("block", "done")
    for region in (IRELAND, OREGON):
        assert blocked(region) == [OTHER, f"{INTRUDER}/32"]
        assert blocked(region, f"{SET}-6") == ["2001:db8::7/128"]


def test_fault_49_a_lost_race_is_read_and_merged_again_and_nobodys_entry_is_lost(world: World, ours: Incident) -> None:
    world.calls.before = racing(world, 3)
    assert block(ours)["status"] == "done"
    world.calls.before = lambda _number, _name: None
    assert blocked(IRELAND) == [OTHER, "198.18.0.2/32", "198.18.0.1/32", "198.18.0.0/32", f"{INTRUDER}/32"]


def test_fault_49_a_race_that_is_always_lost_is_given_up_with_a_sentence(world: World, ours: Incident) -> None:
    world.calls.fail("wafv2:UpdateIPSet", refusal("WAFOptimisticLockException"))
    with pytest.raises(WriteConflict, match="8 times in a row"):
        change_set(SET, IRELAND, lambda present: [*present, "203.0.113.9/32"])
    assert world.calls.count("wafv2:UpdateIPSet") == 8


def test_fault_49_one_region_that_fails_keeps_the_other_from_nothing(world: World, ours: Incident) -> None:
    def refuse_oregon(service: Any) -> None:
        found = [name for name in world.calls.made if name.startswith("wafv2:UpdateIPSet")]
        if service == "wafv2" and len(found) >= 1:
            raise refusal("WAFInternalErrorException")

    world.calls.before = lambda _number, name: refuse_oregon("wafv2") if name == "wafv2:ListIPSets" else None
    part = block(ours)
    assert part["status"] == "failed"
    assert "us-west-2" in part["sentence"]
    world.calls.before = lambda _number, _name: None
    assert blocked(IRELAND) == [OTHER, f"{INTRUDER}/32"]


def test_fault_49_a_set_that_is_full_is_told_and_the_response_goes_on(world: World, ours: Incident) -> None:
    world.calls.fail("wafv2:UpdateIPSet", refusal("WAFLimitsExceededException", "10000 addresses"))
    part = block(ours)
    assert part["status"] == "failed"
    assert "WAFLimitsExceededException" in part["sentence"]


def test_fault_49_our_own_range_is_left_alone_and_said(ours: Incident) -> None:
    part = block(ours, addresses=["198.51.100.9", "0.0.0.0/0"])
    assert part["status"] == "nothing"
    assert blocked(IRELAND) == [OTHER]


def test_a_retry_changes_nothing_and_a_light_finding_blocks_nobody(world: World, ours: Incident) -> None:
    block(ours)
    block(ours)
    assert world.calls.count("wafv2:UpdateIPSet") == 2
    assert block(ours, severity=2.0, addresses=["203.0.113.99"])["status"] == "nothing"
    assert blocked(IRELAND) == [OTHER, f"{INTRUDER}/32"]


def test_only_what_this_incident_added_is_lifted_and_by_whom_is_on_record(world: World, ours: Incident) -> None:
    block(ours, addresses=[INTRUDER, OTHER, "2001:db8::7"])
    lifted = lift_containment.handler({"incident": BREACH, "by": "ada", "why": "reassigned"})
    assert lifted["done"]
    assert "ada lifted the containment of 2001:db8::7/128, 203.0.113.7/32: reassigned" in lifted["sentence"]
    for region in (IRELAND, OREGON):
        assert blocked(region) == [OTHER], "that entry was there before us"
        assert blocked(region, f"{SET}-6") == []
    head = world.ctx(region=IRELAND).store.incidents.head(BREACH)
    assert head is not None
    assert head["lifted_by"] == "ada"


def test_a_lift_that_fails_in_one_place_says_so_and_can_be_repeated(world: World, ours: Incident) -> None:
    block(ours)
    world.calls.fail("wafv2:UpdateIPSet", refusal("WAFInternalErrorException"))
    assert not lift_containment.handler({"incident": BREACH, "by": "ada", "why": "x"})["done"]
    world.calls.before = lambda _number, _name: None
    assert lift_containment.handler({"incident": BREACH, "by": "ada", "why": "x"})["done"]
    assert blocked(IRELAND) == [OTHER]


def test_an_incident_that_blocked_nothing_has_nothing_to_lift(ours: Incident) -> None:
    assert not lift_containment.handler({"incident": BREACH, "by": "ada", "why": "x"})["done"]
