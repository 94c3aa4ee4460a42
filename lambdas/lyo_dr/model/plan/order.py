"""In which order services are raised: how many must be stable before one, and what goes in a circle."""

from lyo_dr.model.plan.schema import Plan


def rank(plan: Plan, name: str) -> int:
    """How many services come before this one, along the longest chain of ``after``. The plan has no circle."""
    return max((1 + rank(plan, before) for before in plan.service(name).after), default=0)


def depth(plan: Plan) -> int:
    """The largest rank of the plan; 0 where all services are raised at once."""
    return max((rank(plan, service.name) for service in plan.services), default=0)


def circle(plan: Plan) -> list[str]:
    """The names along one circle of ``after``, its first one again at its end; empty without a circle."""
    after = {service.name: service.after for service in plan.services}
    done: set[str] = set()

    def search(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name) :], name]
        if name in done:
            return []
        for before in after.get(name, []):
            if found := search(before, [*path, name]):
                return found
        done.add(name)
        return []

    return next((found for name in after if (found := search(name, []))), [])
