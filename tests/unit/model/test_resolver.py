"""Resolvers are read, or refused by the check of the plan: never in the middle of an incident."""

from __future__ import annotations

import ipaddress

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.rules.traffic import resolvers
from lyo_dr.model.resolver import read_resolver
from tests.plans import lyo_plan

PLAN = lyo_plan()


def a_plan(entries: list[str]) -> Plan:
    return msgspec.structs.replace(PLAN, traffic=msgspec.structs.replace(PLAN.main_front(), resolvers=entries))


@pytest.mark.parametrize(
    ("entry", "read"),
    [
        ("1.1.1.1", ("1.1.1.1", 53)),
        ("127.0.0.1:5353", ("127.0.0.1", 5353)),
        ("2606:4700:4700::1111", ("2606:4700:4700::1111", 53)),
        ("::1", ("::1", 53)),
        ("[::1]", ("::1", 53)),
        ("[::1]:53", ("::1", 53)),
        ("[::1:53]", ("::1:53", 53)),
        ("[2606:4700:4700::1111]:5353", ("2606:4700:4700::1111", 5353)),
        ("::ffff:1.1.1.1", ("::ffff:1.1.1.1", 53)),
    ],
)
def test_t1_a_resolver_is_read_in_every_common_form(entry: str, read: tuple[str, int]) -> None:
    assert read_resolver(entry) == read
    assert list(resolvers(a_plan([entry]))) == []


@pytest.mark.parametrize(
    "entry",
    [
        "1.1.1.1:domain",
        "[::1]:domain",
        "dns.google",
        "dns.google:53",
        "https://1.1.1.1/dns-query",
        "",
        ":53",
        "1.1.1.1:",
        "1.1.1.1:0",
        "1.1.1.1:65536",
        "1.1.1.1:+53",
        "1.1.1.1:\u0665\u0663",
        "1.1.1.1.1",
        "1.1.1",
        "01.1.1.1",
        "1.1.1.1 ",
        "1.1.1.1\n",
        "1.1.1.0/24",
        "[1.1.1.1]:53",
        "::1:53",
        "2606:4700:4700::1111:53",
        "::1:53:domain",
        "[::1",
        "[::1]53",
        "[::1]:0",
        "fe80::1%eth0",
        "[fe80::1%eth0]:53",
    ],
)
def test_t1_what_is_no_resolver_is_refused_by_the_check_of_the_plan(entry: str) -> None:
    (fault,) = resolvers(a_plan(["1.1.1.1", entry]))
    assert fault.startswith("traffic.resolvers[1]: ")
    assert "write" in fault


@given(some.ip_addresses(), some.none() | some.integers(1, 65535))
def test_t1_every_address_with_every_port_is_read(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, port: int | None
) -> None:
    entry = f"[{address}]" if address.version == 6 else str(address)
    assert read_resolver(f"{entry}:{port}" if port else entry) == (str(address), port or 53)


@given(some.text(max_size=40))
def test_t1_whatever_stands_there_it_is_read_or_refused(entry: str) -> None:
    assert len(list(resolvers(a_plan([entry])))) <= 1
