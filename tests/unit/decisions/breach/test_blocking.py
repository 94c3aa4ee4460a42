"""Which addresses are blocked, and whom nobody can make us lock out."""

from __future__ import annotations

import msgspec
import pytest

from lyo_dr.decisions.breach.blocking import choose_addresses, of_version, with_addresses, without_addresses
from lyo_dr.model.plan import Breach
from tests.plans import lyo_plan

PLAN = lyo_plan()
assert PLAN.breach is not None
PART: Breach = PLAN.breach


@pytest.mark.parametrize(
    ("wanted", "blocked"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("203.0.113.7/24", "203.0.113.0/24"),
        ("2001:db8::1", "2001:db8::1/128"),
        ("2001:db8::/64", "2001:db8::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
    ],
)
def test_an_address_is_blocked_in_the_form_waf_takes(wanted: str, blocked: str) -> None:
    assert choose_addresses(PLAN, PART, [wanted]) == ([blocked], [])


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("0.0.0.0/0", "wider than /24"),
        ("::/0", "wider than /64"),
        ("203.0.0.0/16", "wider than /24"),
        ("198.51.100.77", "198.51.100.0/24 is protected"),
        ("198.51.100.0/30", "is protected"),
        ("15.177.4.9", "15.177.0.0/18 is protected"),
        ("10.1.2.3", "is protected"),
        ("169.254.169.254", "is protected"),
        ("fe80::1", "is protected"),
        ("somewhere", "it is not an address"),
        ("", "it is not an address"),
    ],
)
def test_fault_49_a_range_that_is_ours_or_absurd_is_refused_with_the_reason(wanted: str, why: str) -> None:
    chosen, (sentence,) = choose_addresses(PLAN, PART, [wanted])
    assert chosen == []
    assert why in sentence


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ("::ffff:10.1.2.3", "10.0.0.0/8 is protected"),
        ("::ffff:198.51.100.77", "198.51.100.0/24 is protected"),
        ("::ffff:15.177.4.9", "15.177.0.0/18 is protected"),
        ("::ffff:0:0/96", "wider than /24"),
        ("64:ff9b::c633:644d", "64:ff9b::/96 is protected"),
        ("2002:c633:644d::1", "2002::/16 is protected"),
        ("2001:0:c633:644d::1", "2001::/32 is protected"),
        ("0.1.2.3", "0.0.0.0/8 is protected"),
        ("224.0.0.1", "is protected"),
        ("255.255.255.255", "is protected"),
        ("fc00::17", "fc00::/7 is protected"),
        ("ff02::1", "ff00::/8 is protected"),
        ("100.64.1.1", "100.64.0.0/10 is protected"),
        ("2600:1f18:aaaa:bb00::17", "2600:1f18:aaaa:bb00::/56 is protected"),
        ("2600:1f18:aaaa:bb42::/64", "2600:1f18:aaaa:bb00::/56 is protected"),
        ("52.16.0.9", "52.16.0.9/32 is protected"),
        ("::ffff:52.16.0.9", "52.16.0.9/32 is protected"),
    ],
)
def test_e2_what_is_ours_is_protected_in_every_way_it_can_be_written(wanted: str, why: str) -> None:
    ours = [*PART.protected, "2600:1f18:aaaa:bb00::/56", "52.16.0.9/32"]
    chosen, (sentence,) = choose_addresses(PLAN, msgspec.structs.replace(PART, protected=ours), [wanted])
    assert chosen == []
    assert why in sentence


def test_e2_the_twins_neighbours_of_what_is_ours_are_blocked() -> None:
    ours = ["2600:1f18:aaaa:bb00::/56", "52.16.0.9/32"]
    wanted = ["2600:1f18:aaaa:bc00::17", "52.16.0.8", "::ffff:52.16.0.10"]
    assert choose_addresses(PLAN, msgspec.structs.replace(PART, protected=ours), wanted) == (
        ["2600:1f18:aaaa:bc00::17/128", "52.16.0.8/32", "52.16.0.10/32"],
        [],
    )


def test_e2_one_address_written_in_two_ways_is_blocked_once() -> None:
    assert choose_addresses(PLAN, PART, ["203.0.113.7", "::ffff:203.0.113.7"]) == (["203.0.113.7/32"], [])


def test_fault_49_the_number_is_capped_and_what_is_left_out_is_named() -> None:
    wanted = [f"203.0.113.{number}" for number in range(30)]
    chosen, refused = choose_addresses(PLAN, PART, wanted)
    assert len(chosen) == PART.max_addresses == 20
    assert len(refused) == 10
    assert "allows 20 blocked addresses" in refused[0]


def test_an_address_that_is_named_twice_is_blocked_once() -> None:
    assert choose_addresses(PLAN, PART, ["203.0.113.7", "203.0.113.7/32", "203.0.113.7"]) == (["203.0.113.7/32"], [])


def test_what_others_put_into_the_set_stays_in_it() -> None:
    assert with_addresses(["192.0.2.1/32"], ["203.0.113.7/32"]) == ["192.0.2.1/32", "203.0.113.7/32"]
    assert with_addresses(["203.0.113.7/32"], ["203.0.113.7/32"]) is None
    assert without_addresses(["192.0.2.1/32", "203.0.113.7/32"], ["203.0.113.7/32"]) == ["192.0.2.1/32"]
    assert without_addresses(["192.0.2.1/32"], ["203.0.113.7/32"]) is None


def test_a_set_holds_one_version_of_the_protocol() -> None:
    both = ["203.0.113.7/32", "2001:db8::1/128"]
    assert (of_version(both, 4), of_version(both, 6)) == ([both[0]], [both[1]])
