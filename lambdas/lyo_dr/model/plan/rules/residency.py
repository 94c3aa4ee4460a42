"""Where data may be: the region pair with its databases, backups and buckets, and the addresses that detection holds.

The neutral region is asked whether it answers, and stores nothing. Health checks and alarms in us-east-1 hold URLs and
states of services; a topic with addresses is there only where other services than the front one are watched.
"""

from __future__ import annotations

from collections.abc import Iterator

from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.residency import Residency
from lyo_dr.model.plan.rules.causes import reads

_DETECTION = "us-east-1"


@reads("residency", "regions")
def regions(plan: Plan) -> Iterator[str]:
    """Neither region of the pair may be elsewhere; nor does an exception stand for what needs none."""
    if (part := plan.residency) is None:
        return
    for what in ("primary", "secondary"):
        region = getattr(plan.regions, what)
        if not part.allows(region) and not part.excepts(what):
            yield (
                f"regions.{what}: {region} is outside {_named(part)} (residency), and databases, backups, logs and "
                f"evidence would be there; choose another region, or name {what} under residency.exceptions, and why"
            )
    yield from _needless(part, {what: getattr(plan.regions, what) for what in ("primary", "secondary")})


@reads("residency", "regions", "services", "traffic")
def detection(plan: Plan) -> Iterator[str]:
    """Responders are told of services that are not behind the front name by a topic in us-east-1."""
    part = plan.residency
    if part is None or part.allows(_DETECTION):
        return
    holds = _watched(plan)
    if holds and not part.excepts("detection"):
        yield (
            f"contacts.responders: their addresses would be in {_DETECTION} as well, outside {_named(part)} "
            f"(residency): a topic there tells of {' and '.join(holds)}; name detection under residency.exceptions, "
            "and why"
        )
    for index, each in enumerate(part.exceptions):
        if each.what == "detection" and not holds:
            yield f"residency.exceptions[{index}]: detection holds no address in this plan; leave it out"


def _needless(part: Residency, where: dict[str, str]) -> Iterator[str]:
    named = [each.what for each in part.exceptions]
    for index, what in enumerate(named):
        region = where.get(what, _DETECTION)
        if what in named[:index]:
            yield f"residency.exceptions[{index}]: {what} is excepted twice; leave one of the two out"
        elif part.allows(region):
            yield f"residency.exceptions[{index}]: {region} is within {_named(part)}; leave it out"


def _watched(plan: Plan) -> list[str]:
    """Services that have a health check and are not the one behind the front name."""
    front = plan.front_service().name
    return [service.name for service in plan.services if service.listens and service.name != front]


def _named(part: Residency) -> str:
    return " and ".join(part.within)
