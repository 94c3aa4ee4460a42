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


def validated(plan: Plan) -> Iterator[str]:
    """Traffic follows what was seen to answer, so there is something to ask."""
    for index, service in enumerate(plan.services):
        if service.critical and service.listens and not plan.endpoints_of(service):
            where = "endpoints" if service.endpoints is None else f"services[{index}].endpoints"
            yield f"{where}: empty, so nothing says that {service.name} answers; name at least one"


@reads("databases")
def references(plan: Plan) -> Iterator[str]:
    """The database a service reports about, where the plan has several."""
    names = [database.name for database in plan.databases]
    for index, service in enumerate(plan.services):
        path = f"services[{index}].database"
        if service.database is not None and service.database not in names:
            yield f"{path}: there is no database {service.database!r}; write one of {', '.join(names)}"
        if service.database is None and service.listens and names and len(plan.reported_databases()) != 1:
            yield (
                f"{path}: missing, and the plan has several databases; name the one that the readiness document of "
                f"{service.name} reports: {', '.join(names)}"
            )


def workers(plan: Plan) -> Iterator[str]:
    """A service answers in both regions or in none; what does not answer is not asked."""
    for index, service in enumerate(plan.services):
        path = f"services[{index}]"
        missing = [region for region, place in service.places.items() if place.url is None]
        if service.listens and missing:
            yield f"{path}.places.{missing[0]}.url: missing; give it in both regions, or in none for a worker"
        if not service.listens and service.endpoints:
            yield f"{path}.endpoints: {service.name} has no url to ask; give its places one, or remove the endpoints"
        if not service.listens and service.database is not None:
            yield f"{path}.database: {service.name} has no url, so it reports about no database; remove it"


def metrics(plan: Plan) -> Iterator[str]:
    """One limit, and the dimensions of both regions."""
    for index, service in enumerate(plan.services):
        path, metric = f"services[{index}].metric", service.metric
        if metric is None:
            continue
        if (metric.at_most is None) == (metric.at_least is None):
            yield f"{path}: give either at_most or at_least, so that one side of the limit is a service that works"
        if set(metric.dimensions) != set(plan.regions.pair):
            given, pair = ", ".join(sorted(metric.dimensions)) or "no region", " and ".join(sorted(plan.regions.pair))
            yield f"{path}.dimensions: given for {given}; give them for {pair}"


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
