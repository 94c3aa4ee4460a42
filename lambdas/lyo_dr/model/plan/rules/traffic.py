"""URLs and the targets of the DNS names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lyo_dr.model.plan import Plan, Target, Traffic
from lyo_dr.model.plan.rules.causes import reads
from lyo_dr.model.plan.rules.fronts import by_path
from lyo_dr.model.plan.shape.web_address import is_web, shown
from lyo_dr.model.resolver import read_resolver


def urls(plan: Plan) -> Iterator[str]:
    """URLs of the front door, the observers and the services."""
    urls = [(f"{path}.url", front.url) for path, front in by_path(plan)]
    urls.append(("observers.witness", plan.observers.witness))
    for index, service in enumerate(plan.services):
        places = service.places.items()
        urls += [(f"services[{index}].places.{region}.url", place.url) for region, place in places if place.url]
    for path, url in urls:
        if not is_web(url):
            yield f"{path}: {shown(url)} is not a web address; write one such as https://api.example.com"
    if "{region}" not in plan.observers.witness:
        yield "observers.witness: {region} is missing from the address; it is asked in three regions"


@reads("traffic.name", "traffic.url", "traffic[].name", "traffic[].url")
def front(plan: Plan) -> Iterator[str]:
    """Each URL leads to its name."""
    for path, each in by_path(plan):
        if is_web(each.url) and urlsplit(each.url).hostname != each.name.lower():
            yield f"{path}.url: does not lead to {path}.name; write https://{each.name}"


@reads("traffic.targets", "traffic[].targets")
def targets(plan: Plan) -> Iterator[str]:
    """One target per region."""
    for path, each in by_path(plan):
        for region, target in each.targets.items():
            if not _one_target(target):
                yield (
                    f"{path}.targets.{region}: give either load_balancer with its hosted_zone, or cname, or address, "
                    "so that the record has one place to lead to"
                )


@reads("traffic.targets", "traffic[].targets", "traffic.name", "traffic[].name", "traffic.zone", "traffic[].zone")
def cnames(plan: Plan) -> Iterator[str]:
    """A CNAME is the only record of its name, and so neither at the apex of a zone nor for one region alone."""
    for path, each in by_path(plan):
        named = {region: target.cname for region, target in each.targets.items() if target.cname is not None}
        if named:
            first = min(named)
            if (fault := _cname_fault(each, named, f".{first}", f".{first}.cname")) is not None:
                yield f"{path}.targets{fault}"


def _cname_fault(front: Traffic, named: dict[str, str], region: str, cname: str) -> str | None:
    if len(named) < len(front.targets):
        return f"{region}: a cname, and none for the other region; DNS has no other record beside one, give both"
    if _at_apex(front):
        return (
            f"{cname}: {front.name} is the apex of its zone, where DNS allows no CNAME; give load_balancer "
            "with its hosted_zone instead, or a name below"
        )
    if len({_plain(target) for target in named.values()}) < len(named):
        return f"{cname}: {next(iter(named.values()))} is given for both regions, so nothing would move; give two"
    if any(_plain(target) == _plain(front.name) for target in named.values()):
        return f"{cname}: {front.name} would lead to itself; write the host name it stands for"
    return None


@reads("regions", "traffic")
def balancers(plan: Plan) -> Iterator[str]:
    """A load balancer is in its region, and its hosted zone is the load balancer's."""
    for path, each in by_path(plan):
        yield from _balancers(path, each)


def _balancers(front_path: str, front: Traffic) -> Iterator[str]:
    zones: dict[str, str] = {}
    for region, target in front.targets.items():
        path, name, zone = f"{front_path}.targets.{region}", target.load_balancer or "", target.hosted_zone
        found = re.search(r"([a-z]{2}(?:-[a-z]+)+-\d)\.elb\.amazonaws\.com|\.elb\.([a-z0-9-]+)\.amazonaws\.com", name)
        if found and region not in found.groups():
            yield f"{path}.load_balancer: {name!r} is not in {region}; write the one of that region"
        if zone is not None and zone == front.hosted_zone:
            yield f"{path}.hosted_zone: {zone} is the zone of the name; write the load balancer's, which AWS documents"
        elif zone is not None and (other := zones.setdefault(zone, region)) != region:
            yield f"{path}.hosted_zone: {zone} is given for {other}, too; AWS has one per region, write this region's"


def _one_target(target: Target) -> bool:
    alias = target.load_balancer is not None and target.hosted_zone is not None
    part = target.load_balancer is not None or target.hosted_zone is not None
    return [alias, target.cname is not None, target.address is not None].count(True) == 1 and alias == part


def _at_apex(front: Traffic) -> bool:
    """By the zone's name; where that is not given, a name of two labels is taken for one (RFC 1034, section 3.6.2)."""
    if front.zone is not None:
        return _plain(front.name) == _plain(front.zone)
    return _plain(front.name).count(".") == 1


def _plain(name: str) -> str:
    return name.rstrip(".").lower()


def resolvers(plan: Plan) -> Iterator[str]:
    """Addresses of resolvers, as the step that verifies the switch reads them."""
    for path, each in by_path(plan):
        for index, entry in enumerate(each.resolvers):
            try:
                read_resolver(entry)
            except ValueError as fault:
                yield f"{path}.resolvers[{index}]: {fault}"
