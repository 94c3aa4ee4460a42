"""Which addresses are blocked, and whom nobody can make us lock out."""

from __future__ import annotations

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
