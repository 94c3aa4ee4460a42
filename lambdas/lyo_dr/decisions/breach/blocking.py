"""Which addresses are blocked. Whoever writes a finding must not be able to make us lock out our own users."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from lyo_dr.model.plan import Breach, Plan

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NEVER = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
)
"""Inside a network, or nowhere: a load balancer never sees one of these as a visitor's own address."""

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
"""Route 53's health checkers (AWS IP address ranges, service ROUTE53_HEALTHCHECKS). Were they blocked, the region
would look lost. The list may grow: the plan's ``protected`` takes what is missing."""


def choose_addresses(plan: Plan, breach: Breach, wanted: list[str]) -> tuple[list[str], list[str]]:
    """What is blocked, as networks in their canonical form, and a sentence for each that is not."""
    chosen: list[str] = []
    refused: list[str] = []
    protected = list(_protected(plan, breach))
    for text in dict.fromkeys(wanted):
        network = _network(text)
        why = "it is no address" if network is None else _why_not(network, protected, breach)
        if why is None and len(chosen) >= breach.max_addresses:
            why = f"the plan lets {breach.max_addresses} addresses be blocked at once"
        if why is not None or network is None:
            refused.append(f"{text[:64]} is not blocked: {why}")
        elif str(network) not in chosen:
            chosen.append(str(network))
    return chosen, refused


def with_addresses(present: list[str], wanted: list[str]) -> list[str] | None:
    """The whole new content of an IP set, in the order it had, or None when all of them are in it already."""
    missing = [address for address in wanted if address not in present]
    return [*present, *missing] if missing else None


def without_addresses(present: list[str], unwanted: list[str]) -> list[str] | None:
    """The whole new content of an IP set without these, or None when none of them is in it."""
    left = [address for address in present if address not in unwanted]
    return left if len(left) < len(present) else None


def of_version(networks: list[str], version: int) -> list[str]:
    """Those of IPv4 or of IPv6: an IP set holds one kind."""
    return [network for network in networks if ipaddress.ip_network(network).version == version]


def _why_not(network: Network, protected: list[Network], breach: Breach) -> str | None:
    widest = breach.widest_ipv4 if network.version == 4 else breach.widest_ipv6
    if network.prefixlen < widest:
        return f"it is wider than /{widest}, and would lock out bystanders"
    for own in protected:
        if own.version == network.version and own.overlaps(network):
            return f"{own} is protected"
    return None


def _protected(plan: Plan, breach: Breach) -> Iterator[Network]:
    own = [target.address for target in plan.traffic.targets.values() if target.address is not None]
    for text in (*_NEVER, *_CHECKERS, *breach.protected, *own):
        network = _network(text)
        if network is not None:
            yield network


def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None
