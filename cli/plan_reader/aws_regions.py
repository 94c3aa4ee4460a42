"""Regions of AWS, as botocore knows them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from lyo_dr.model.near import one_of
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.residency import AREAS

_PARTITION = "aws"


@cache
def regions() -> tuple[str, ...]:
    """The regions of the partition that the templates are written for."""
    import botocore.session

    return tuple(botocore.session.get_session().get_available_regions("rds", _PARTITION))


def unknown_regions(plan: Plan) -> Iterator[str]:
    """Regions that have the form of one and that AWS does not have, or has in another partition."""
    for name in ("primary", "secondary", "neutral"):
        region = getattr(plan.regions, name)
        if region.startswith(("cn-", "us-gov-", "us-iso")):
            yield f"regions.{name}: {region} is in another partition; the templates are for the partition aws alone"
        elif region not in regions():
            yield f"regions.{name}: AWS has no region {region!r}; {one_of(region, regions())}"
    for index, name in enumerate(plan.residency.within if plan.residency else []):
        if name not in AREAS and name not in regions():
            yield f"residency.within[{index}]: AWS has no region {name!r}; {one_of(name, (*AREAS, *regions()))}"
