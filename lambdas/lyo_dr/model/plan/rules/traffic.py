"""URLs and the targets of the DNS name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lyo_dr.model.plan import Plan, Target
from lyo_dr.model.plan.rules.causes import reads
from lyo_dr.model.resolver import read_resolver


def urls(plan: Plan) -> Iterator[str]:
    """URLs of the front door, the observers and the services."""
    urls = [("traffic.url", plan.traffic.url), ("observers.witness", plan.observers.witness)]
    for index, service in enumerate(plan.services):
        places = service.places.items()
        urls += [(f"services[{index}].places.{region}.url", place.url) for region, place in places if place.url]
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


@reads("services")
def front_service(plan: Plan) -> Iterator[str]:
    """One critical service is behind the name: it is watched from outside, and asked whether traffic arrives."""
    named, path = plan.traffic.service, "traffic.service"
    meant = [service.name for service in plan.front_services()]
    if named is None and len(meant) > 1:
        yield f"{path}: missing; name the service behind {plan.traffic.name}: {', '.join(meant)}"
    elif named is not None and named not in [service.name for service in plan.services]:
        yield f"{path}: there is no service {named!r}; write one of {', '.join(meant)}"
    elif plan.services and (not meant or named not in (None, *meant)):
        wrong = (
            "no service is critical and has a url"
            if named is None
            else f"{named} is not critical, has no url or runs once"
        )
        instead = f"write one of {', '.join(meant)}" if meant else "give one of them both"
        yield f"{path}: {wrong}, so traffic would lead to what nobody waits for; {instead}"


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


def _one_target(target: Target) -> bool:
    alias = target.load_balancer is not None and target.hosted_zone is not None
    return alias != (target.address is not None)


def resolvers(plan: Plan) -> Iterator[str]:
    """Addresses of resolvers, as the step that verifies the switch reads them."""
    for index, entry in enumerate(plan.traffic.resolvers):
        try:
            read_resolver(entry)
        except ValueError as fault:
            yield f"traffic.resolvers[{index}]: {fault}"
