"""The region pair, and what is given by region."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lyo_dr.model.plan import Plan


def regions(plan: Plan) -> Iterator[str]:
    """Three different regions, two of which a failover can use."""
    regions = plan.regions
    for label, region in (
        ("primary", regions.primary),
        ("secondary", regions.secondary),
        ("neutral", regions.neutral),
    ):
        if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", region):
            yield f"regions.{label}: {region!r} is not a region; write one such as eu-west-1"
    if len({*regions.pair, regions.neutral}) < 3:
        yield "regions: primary, secondary and neutral must be three different regions"
    if "us-east-1" in regions.pair:
        yield "regions: us-east-1 holds the control planes of Route 53 and IAM; choose another region to recover in"


def places(plan: Plan) -> Iterator[str]:
    """Everything that exists once per region is given for exactly the pair."""
    pair = set(plan.regions.pair)
    tables: list[tuple[str, set[str]]] = [
        ("networks", set(plan.networks)),
        ("traffic.targets", set(plan.traffic.targets)),
    ]
    tables += [(f"databases[{i}].instances", set(d.instances)) for i, d in enumerate(plan.databases)]
    tables += [(f"services[{i}].places", set(s.places)) for i, s in enumerate(plan.services)]
    for path, given in tables:
        if given != pair:
            found = ", ".join(sorted(given)) or "no region"
            yield f"{path}: given for {found}; give it for {' and '.join(sorted(pair))}"
