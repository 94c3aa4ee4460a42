"""The DNS names of users: each once, in its zone, with services behind it."""

from __future__ import annotations

from collections.abc import Iterator

from lyo_dr.model.plan import Plan, Traffic
from lyo_dr.model.plan.rules.causes import reads


def by_path(plan: Plan) -> Iterator[tuple[str, Traffic]]:
    """Every name with its path: ``traffic`` of a plan with one, ``traffic[1]`` of a list."""
    if isinstance(plan.traffic, list):
        yield from ((f"traffic[{index}]", front) for index, front in enumerate(plan.traffic))
    else:
        yield "traffic", plan.traffic


_MOST = 10
"""Each takes two calls of Route 53 under strategy ``record``, all within one step of a minute."""


@reads("traffic.name", "traffic[].name", "traffic.zone", "traffic[].zone")
def names(plan: Plan) -> Iterator[str]:
    """Every name once, and under the zone that holds it."""
    taken: dict[str, str] = {}
    if len(plan.fronts()) > _MOST:
        yield f"traffic: {len(plan.fronts())} names; list {_MOST} at most, and let others follow one by a CNAME record"
    for path, front in by_path(plan):
        name = _plain(front.name)
        if (other := taken.setdefault(name, path)) != path:
            yield f"{path}.name: {front.name} is {other} already; give each name once"
        elif front.zone is not None and not f".{name}".endswith(f".{_plain(front.zone)}"):
            yield f"{path}.name: {front.name} is not in the zone {front.zone}; name the zone that holds it"


@reads("traffic[].name", "traffic[].zone", "traffic[].hosted_zone")
def zones(plan: Plan) -> Iterator[str]:
    """Names of one hosted zone end alike."""
    first: dict[str, Traffic] = {}
    for path, front in by_path(plan):
        other = first.setdefault(front.hosted_zone, front)
        if front.zone and other.zone and _plain(front.zone) != _plain(other.zone):
            yield f"{path}.zone: hosted zone {front.hosted_zone} is called {other.zone} for {other.name}; write one"
        elif not (front.zone or other.zone) and _in_common(front.name, other.name) < 2:
            yield (
                f"{path}.hosted_zone: {front.name} and {other.name} cannot be in one zone, {front.hosted_zone}; "
                "write the zone that holds this name, or the zone's own name under zone"
            )


def _in_common(one: str, other: str) -> int:
    """How many labels at their end two names share."""
    pairs = zip(reversed(_plain(one).split(".")), reversed(_plain(other).split(".")), strict=False)
    return next((count for count, (left, right) in enumerate(pairs) if left != right), 2)


@reads("services", "traffic.service", "traffic.services", "traffic[].service", "traffic[].services")
def services(plan: Plan) -> Iterator[str]:
    """Services that answer behind each name: they are watched from outside, and asked whether traffic arrives."""
    faults = [fault for path, front in by_path(plan) for fault in _behind(plan, path, front)]
    yield from faults
    if not faults and not any(plan.is_critical(front) for front in plan.fronts()):
        critical = [service.name for service in plan.front_services()]
        what = f"name one of {', '.join(critical)} behind a name" if critical else "make one of those named critical"
        yield f"traffic: no service that traffic waits for is behind any name; {what}"


def _behind(plan: Plan, path: str, front: Traffic) -> Iterator[str]:
    meant = [service.name for service in plan.front_services()]
    if front.service is not None and front.services:
        yield f"{path}.services: given beside service; name all of them under services"
    elif front.named_services():
        yield from _named(plan, f"{path}.{'services' if front.services else 'service'}", front, meant)
    elif len(meant) > 1:
        yield f"{path}.service: missing; name the service behind {front.name}: {', '.join(meant)}"
    elif not meant and plan.services:
        yield (
            f"{path}.service: no service is critical and has a url, so traffic would lead to what nobody waits "
            "for; give one of them both"
        )


def _named(plan: Plan, path: str, front: Traffic, meant: list[str]) -> Iterator[str]:
    known = {service.name for service in plan.services}
    for name in front.named_services():
        if name not in known:
            yield f"{path}: there is no service {name!r}; {_instead(meant)}"
        elif (reason := _unfit(plan, front, name, meant)) is not None:
            yield f"{path}: {name} {reason}; {_instead(meant)}"


def _unfit(plan: Plan, front: Traffic, name: str, meant: list[str]) -> str | None:
    """Why a service cannot be behind a name. It need not be critical where another service or name is."""
    if name in meant:
        return None
    service = plan.service(name)
    if len(plan.fronts()) == 1 and not set(front.named_services()) & set(meant):
        return "is not critical, has no url or runs once, so traffic would lead to what nobody waits for"
    if not service.listens:
        return "has no url, so nothing answers behind the name"
    return "runs once, so nothing answers behind the name before authority is taken" if service.runs_once else None


def _instead(meant: list[str]) -> str:
    return f"write one of {', '.join(meant)}" if meant else "give one of them both"


def _plain(name: str) -> str:
    return name.rstrip(".").lower()
