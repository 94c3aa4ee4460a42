"""The region pair, and what is given by region."""

from __future__ import annotations

from collections.abc import Iterator

from lyo_dr.model.near import nearest
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.rules.causes import reads
from lyo_dr.model.plan.rules.fronts import by_path


@reads("regions")
def regions(plan: Plan) -> Iterator[str]:
    """Three different regions, two of which a failover can use."""
    regions = plan.regions
    if len({*regions.pair, regions.neutral}) < 3:
        yield "regions: primary, secondary and neutral must be three different regions"
    if "us-east-1" in regions.pair:
        yield "regions: us-east-1 holds the control planes of Route 53 and IAM; choose another region to recover in"


@reads("regions")
def places(plan: Plan) -> Iterator[str]:
    """Everything that exists once per region is given for exactly the pair; a database alone, for the primary."""
    pair = set(plan.regions.pair)
    tables: list[tuple[str, set[str]]] = [
        ("networks", set(plan.networks)),
        *((f"{path}.targets", set(front.targets)) for path, front in by_path(plan)),
    ]
    tables += [(f"databases[{i}].instances", set(d.instances)) for i, d in enumerate(plan.databases) if d.has_replica]
    tables += [(f"services[{i}].places", set(s.places)) for i, s in enumerate(plan.services)]
    for path, given in tables:
        if given != pair:
            yield f"{path}: given for {_found(given, pair)}; give it for {' and '.join(sorted(pair))}{_alone(path)}"
    for index, database in enumerate(plan.databases):
        if not database.has_replica and set(database.instances) != {plan.regions.primary}:
            found = _found(set(database.instances), pair)
            yield (
                f"databases[{index}].instances: given for {found}; way: {database.way} has an instance in the primary "
                f"region alone, so give it for {plan.regions.primary}"
            )


def _alone(path: str) -> str:
    return ", or say how it recovers without a replica (way: restore or leave)" if path.startswith("databases") else ""


def _found(given: set[str], pair: set[str]) -> str:
    """The regions as they were written, and which of the pair an odd one may stand for."""
    odd = {region: nearest(region, pair - given) for region in sorted(given - pair)}
    meant = [f"{region} (did you mean {near}?)" for region, near in odd.items() if near]
    return ", ".join(sorted({*given} - {r for r, n in odd.items() if n}) + meant) or "no region"
