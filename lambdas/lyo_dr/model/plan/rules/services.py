"""Services."""

from __future__ import annotations

from collections.abc import Iterator

from lyo_dr.model.plan import Plan


def capacity(plan: Plan) -> Iterator[str]:
    """Between one task and the desired count."""
    for index, service in enumerate(plan.services):
        if not 1 <= service.minimum <= service.desired:
            yield (
                f"services[{index}]: minimum {service.minimum} and desired {service.desired} do not fit; "
                "write 1 <= minimum <= desired"
            )
