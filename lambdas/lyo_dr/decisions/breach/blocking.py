"""Choice of the addresses to block. The author of a finding must not be able to make us block our own users."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from lyo_dr.model.plan import Breach, Plan
from lyo_dr.model.plurals import counted

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_MAPPED = 96
"""Bits before the IPv4 address in an IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2)."""

_NEVER = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "0.0.0.0/8",
    "192.0.0.0/24",
    "198.18.0.0/15",
    "224.0.0.0/3",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "2001::/32",
    "2002::/16",
)
"""Private, link-local, shared, multicast and reserved ranges: a load balancer never sees one of these as a client's
public address. The last four carry an IPv4 address inside (NAT64, Teredo, 6to4): whose, the range does not tell."""

_CHECKERS = (
    "15.177.0.0/18",
    "54.183.255.128/26",
    "54.228.16.0/26",
    "54.232.40.64/26",
    "54.241.32.64/26",
    "54.243.31.192/26",
    "54.244.52.192/26",
    "54.245.168.0/26",
    "54.248.220.0/26",
    "54.250.253.192/26",
    "54.251.31.128/26",
    "54.252.79.128/26",
    "54.252.254.192/26",
    "54.255.254.192/26",
    "107.23.255.0/26",
    "176.34.159.192/26",
    "177.71.207.128/26",
)
"""Route 53 health checkers (AWS IP address ranges, service ROUTE53_HEALTHCHECKS). Blocking them would make the region
look lost. The list may grow: add missing ranges to the plan's ``protected``."""


def choose_addresses(plan: Plan, breach: Breach, wanted: list[str]) -> tuple[list[str], list[str]]:
    """The networks to block, in canonical form, and a sentence for each address that is refused."""
    chosen: list[str] = []
    refused: list[str] = []
    protected = list(_protected(plan, breach))
    for text in dict.fromkeys(wanted):
        network = _network(text)
        why = "it is not an address" if network is None else _why_not(network, protected, breach)
        if why is None and len(chosen) >= breach.max_addresses:
            why = f"the plan allows {counted(breach.max_addresses, 'blocked address', 'blocked addresses')} at once"
        if why is not None or network is None:
            refused.append(f"{text[:64]} is not blocked: {why}")
        elif str(network) not in chosen:
            chosen.append(str(network))
    return chosen, refused


def with_addresses(present: list[str], wanted: list[str]) -> list[str] | None:
    """The new content of an IP set, in its previous order, or None if it contains all of them already."""
    missing = [address for address in wanted if address not in present]
    return [*present, *missing] if missing else None


def without_addresses(present: list[str], unwanted: list[str]) -> list[str] | None:
    """The new content of an IP set without these, or None if it contains none of them."""
    left = [address for address in present if address not in unwanted]
    return left if len(left) < len(present) else None


def of_version(networks: list[str], version: int) -> list[str]:
    """The networks of one IP version: an IP set holds one."""
    return [network for network in networks if ipaddress.ip_network(network).version == version]


def _why_not(network: Network, protected: list[Network], breach: Breach) -> str | None:
    widest = breach.widest_ipv4 if network.version == 4 else breach.widest_ipv6
    if network.prefixlen < widest:
        return f"it is wider than /{widest} and would block uninvolved users"
    for own in protected:
        if own.version == network.version and own.overlaps(network):
            return f"{own} is protected"
    return None


def _protected(plan: Plan, breach: Breach) -> Iterator[Network]:
    targets = [target for front in plan.fronts() for target in front.targets.values()]
    own = [target.address for target in targets if target.address is not None]
    for text in (*_NEVER, *_CHECKERS, *breach.protected, *own):
        network = _network(text)
        if network is not None:
            yield network


def _network(text: str) -> Network | None:
    """In the form in which AWS WAF sees it: an IPv4 address written as IPv6 (``::ffff:10.0.0.1``) is an IPv4 address.

    Otherwise it would be held against the protected networks of the other version, and block nobody.
    """
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped is None or network.prefixlen < _MAPPED:
        return network
    return ipaddress.IPv4Network((mapped, network.prefixlen - _MAPPED))
