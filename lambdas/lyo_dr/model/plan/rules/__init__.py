"""What a well-formed plan must also be: consistent. Each broken rule is one sentence with path and remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.rules import (
    breach,
    caches,
    databases,
    delayed_replicas,
    evidence,
    issued_keys,
    machines,
    names,
    numbers,
    order,
    regions,
    secrets,
    services,
    timing,
    traffic,
)


def broken_rules(plan: Plan) -> list[str]:
    """Every rule the plan breaks, in the order of the file; empty when it can be used."""
    return [fault for rule in _RULES for fault in rule(plan)]


_RULES: tuple[Callable[[Plan], Iterator[str]], ...] = (
    names.identity,
    numbers.rules,
    regions.regions,
    regions.places,
    names.lists,
    services.validated,
    services.capacity,
    services.references,
    services.workers,
    services.metrics,
    order.rules,
    databases.storage,
    traffic.urls,
    traffic.front_service,
    traffic.targets,
    traffic.resolvers,
    timing.times,
    timing.cold,
    timing.agreement,
    timing.lease,
    machines.history,
    databases.tables,
    secrets.secrets,
    issued_keys.rules,
    caches.rules,
    databases.integrity,
    databases.restores,
    delayed_replicas.rules,
    timing.maintenance,
    breach.rules,
    evidence.rules,
)
