"""URLs and the targets of the DNS name."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lyo_dr.model.plan import Plan, Target
from lyo_dr.model.plan.rules.causes import reads


def urls(plan: Plan) -> Iterator[str]:
    """URLs of the front door, the observers and the services."""
    urls = [("traffic.url", plan.traffic.url), ("observers.witness", plan.observers.witness)]
    for index, service in enumerate(plan.services):
        urls += [(f"services[{index}].places.{region}.url", place.url) for region, place in service.places.items()]
    for path, url in urls:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            yield f"{path}: {url!r} is not a web address; write one such as https://api.example.com"
    if "{region}" not in plan.observers.witness:
        yield "observers.witness: {region} is missing from the address; it is asked in three regions"


@reads("traffic.name", "traffic.url")
def front(plan: Plan) -> Iterator[str]:
    """The URL leads to the name."""
    if urlsplit(plan.traffic.url).hostname != plan.traffic.name:
        yield f"traffic.url: does not lead to traffic.name; write https://{plan.traffic.name}"


@reads("traffic.targets")
def targets(plan: Plan) -> Iterator[str]:
    """One target per region."""
    for region, target in plan.traffic.targets.items():
        if not _one_target(target):
            yield (
                f"traffic.targets.{region}: give either load_balancer with its hosted_zone, or address, "
                "so that the record has one place to lead to"
            )


@reads("regions", "traffic")
def balancers(plan: Plan) -> Iterator[str]:
    """A load balancer is in its region, and its hosted zone is the load balancer's."""
    zones: dict[str, str] = {}
    for region, target in plan.traffic.targets.items():
        path, name, zone = f"traffic.targets.{region}", target.load_balancer or "", target.hosted_zone
        found = re.search(r"([a-z]{2}(?:-[a-z]+)+-\d)\.elb\.amazonaws\.com|\.elb\.([a-z0-9-]+)\.amazonaws\.com", name)
        if found and region not in found.groups():
            yield f"{path}.load_balancer: {name!r} is not in {region}; write the one of that region"
        if zone is not None and zone == plan.traffic.hosted_zone:
            yield f"{path}.hosted_zone: {zone} is the zone of the name; write the load balancer's, which AWS documents"
        elif zone is not None and (other := zones.setdefault(zone, region)) != region:
            yield f"{path}.hosted_zone: {zone} is given for {other}, too; AWS has one per region, write this region's"


def resolvers(plan: Plan) -> Iterator[str]:
    """An IPv4 address, with a port or without: a name would have to be resolved first."""
    for index, text in enumerate(plan.traffic.resolvers):
        at, _, port = text.partition(":")
        if not _is_ipv4(at) or (":" in text and not (port.isdecimal() and 0 < int(port) < 65536)):
            yield (
                f"traffic.resolvers[{index}]: {text!r} is no IPv4 address; "
                "write one such as 1.1.1.1, or with a port 1.1.1.1:53"
            )


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _one_target(target: Target) -> bool:
    alias = target.load_balancer is not None and target.hosted_zone is not None
    return alias != (target.address is not None)
