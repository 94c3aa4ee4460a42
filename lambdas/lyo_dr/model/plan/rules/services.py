"""Services."""

from __future__ import annotations

from collections.abc import Iterator

from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.rules.causes import reads


@reads("services[].minimum", "services[].desired")
def capacity(plan: Plan) -> Iterator[str]:
    """Between one task and the desired count."""
    for index, service in enumerate(plan.services):
        if not 1 <= service.minimum <= service.desired:
            yield (
                f"services[{index}]: minimum {service.minimum} and desired {service.desired} do not fit; "
                "write 1 <= minimum <= desired"
            )


@reads("services[].places")
def places(plan: Plan) -> Iterator[str]:
    """No ECS service is two services of the plan."""
    taken: dict[tuple[str, str, str], str] = {}
    for index, service in enumerate(plan.services):
        for region, place in service.places.items():
            other = taken.setdefault((region, place.cluster, place.service), service.name)
            if other != service.name:
                yield (
                    f"services[{index}].places.{region}: {place.service!r} in {place.cluster!r} is {other!r} already; "
                    "name another"
                )
