"""The order in which services are raised and stopped."""

from __future__ import annotations

from collections.abc import Iterator

from lyo_dr.model.plan import Plan, Service
from lyo_dr.model.plan.order import circle


def rules(plan: Plan) -> Iterator[str]:
    """Services that exist and are waited for, and no circle."""
    known = {service.name: service for service in plan.services}
    for index, service in enumerate(plan.services):
        for name in service.after:
            fault = _before(service, name, known)
            if fault is not None:
                yield f"services[{index}].after: {fault}"
    found = circle(plan)
    if found:
        yield f"services: {' after '.join(found)}: nothing could be raised first; take one of them out of after"


def _before(service: Service, name: str, known: dict[str, Service]) -> str | None:
    before = known.get(name)
    if before is None:
        return f"there is no service {name!r}; write some of {', '.join(known)}"
    if not before.critical:
        return f"{name} is not critical, so nothing waits for it; make it critical or leave it out"
    if before.runs_once and not service.runs_once:
        return (
            f"{name} runs once and is raised when traffic has moved, which waits for {service.name}; leave it out, "
            f"or set runs_once for {service.name}, too"
        )
    return None
