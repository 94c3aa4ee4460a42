"""DNS asked of a small responder on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest

from lyo_dr.adapters.dns import aliases, is_address, resolve
from lyo_dr.errors import ServiceUnreachable

NAME = "api.lyo-booking.com"


@contextmanager
def a_resolver(
    addresses: list[str],
    *,
    code: dns.rcode.Rcode = dns.rcode.NOERROR,
    code6: dns.rcode.Rcode | None = None,
    mute: bool = False,
    at: str = "127.0.0.1",
    alias: str = "",
) -> Iterator[str]:
    """Answers every question with these addresses, by their version, behind ``alias``; yields ``address:port``."""
    with socket.socket(socket.AF_INET6 if ":" in at else socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((at, 0))
        server.settimeout(0.05)
        over = threading.Event()

        def run() -> None:
            while not over.is_set():
                try:
                    packet, sender = server.recvfrom(4096)
                except TimeoutError:
                    continue
                if not mute:
                    server.sendto(_answer(packet, addresses, code, code6, alias), sender)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield f"{f'[{at}]' if ':' in at else at}:{server.getsockname()[1]}"
        finally:
            over.set()
            thread.join()


def _answer(
    packet: bytes, addresses: list[str], code: dns.rcode.Rcode, code6: dns.rcode.Rcode | None, alias: str
) -> bytes:
    question = dns.message.from_wire(packet)
    answer = dns.message.make_response(question)
    answer.flags |= dns.flags.RA
    kind = dns.rdatatype.to_text(question.question[0].rdtype)
    answer.set_rcode(code6 if code6 is not None and kind == "AAAA" else code)
    wanted = [address for address in addresses if (":" in address) is (kind == "AAAA")]
    name = question.question[0].name
    if alias and answer.rcode() == dns.rcode.NOERROR:
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", alias))
        name = dns.name.from_text(alias)
    if wanted and answer.rcode() == dns.rcode.NOERROR:
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *wanted))
    return answer.to_wire()


def test_a_name_leads_to_its_addresses_in_order() -> None:
    with a_resolver(["192.0.2.9", "192.0.2.1"]) as resolver:
        assert resolve(NAME, [resolver], 2) == ["192.0.2.1", "192.0.2.9"]


def test_t2_a_dual_stack_leads_to_its_addresses_of_both_versions() -> None:
    with a_resolver(["2001:db8::9", "192.0.2.1", "2001:db8::1"]) as resolver:
        assert resolve(NAME, [resolver], 2) == ["192.0.2.1", "2001:db8::1", "2001:db8::9"]


def test_t2_a_name_with_ipv6_alone_resolves() -> None:
    with a_resolver(["2001:db8::1"]) as resolver:
        assert resolve(NAME, [resolver], 2) == ["2001:db8::1"]


@pytest.mark.parametrize("code", [dns.rcode.SERVFAIL, dns.rcode.NXDOMAIN, dns.rcode.REFUSED])
def test_t2_the_twin_a_resolver_that_fails_at_ipv6_alone_does_not_hide_the_ipv4_addresses(
    code: dns.rcode.Rcode,
) -> None:
    with a_resolver(["192.0.2.1"], code6=code) as resolver:
        assert resolve(NAME, [resolver], 1) == ["192.0.2.1"]


def test_t1_a_resolver_with_an_ipv6_address_and_a_port_is_asked() -> None:
    with a_resolver(["192.0.2.1"], at="::1") as resolver:
        assert resolver.startswith("[::1]:")
        assert resolve(NAME, [resolver], 2) == ["192.0.2.1"]


def test_the_second_resolver_is_asked_when_the_first_refuses() -> None:
    with a_resolver([], code=dns.rcode.REFUSED) as first, a_resolver(["192.0.2.1"]) as second:
        assert resolve(NAME, [first, second], 2) == ["192.0.2.1"]


@pytest.mark.parametrize("code", [dns.rcode.NXDOMAIN, dns.rcode.SERVFAIL, dns.rcode.NOERROR])
def test_a_name_without_an_address_does_not_resolve(code: dns.rcode.Rcode) -> None:
    with a_resolver([], code=code) as resolver, pytest.raises(ServiceUnreachable, match=f"{NAME} does not resolve"):
        resolve(NAME, [resolver], 0.5)


def test_a_resolver_that_never_answers_ends_by_the_deadline() -> None:
    with a_resolver([], mute=True) as resolver:
        started = time.monotonic()
        with pytest.raises(ServiceUnreachable, match="LifetimeTimeout"):
            resolve(NAME, [resolver], 0.3)
        assert time.monotonic() - started < 1.3


def test_a_machine_without_resolvers_is_unreachable_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver.Resolver, "read_resolv_conf", missing)
    with pytest.raises(ServiceUnreachable, match="NoResolverConfiguration"):
        resolve(NAME, [], 0.3)


@pytest.mark.parametrize(("text", "address"), [("192.0.2.1", True), ("2001:db8::1", True), (NAME, False)])
def test_an_address_is_told_from_a_name(text: str, address: bool) -> None:
    assert is_address(text) is address


def test_the_host_behind_a_cname_is_named_whatever_its_addresses_are() -> None:
    with a_resolver(["192.0.2.1"], alias="D1.CloudFront.net.") as resolver:
        assert aliases(NAME, [resolver], 2) == ["d1.cloudfront.net"]
        assert resolve(NAME, [resolver], 2) == ["192.0.2.1"]


def test_must_not_fire_a_name_without_a_cname_has_none() -> None:
    with a_resolver(["192.0.2.1"]) as resolver:
        assert aliases(NAME, [resolver], 2) == []


def test_a_name_that_does_not_resolve_has_no_known_alias() -> None:
    with a_resolver([], code=dns.rcode.NXDOMAIN) as resolver, pytest.raises(ServiceUnreachable):
        aliases(NAME, [resolver], 2)
