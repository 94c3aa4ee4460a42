"""What a well-formed plan must also be: consistent. Each broken rule is one sentence with path and remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.rules import (
    breach,
    caches,
    databases,
    delayed_replicas,
    deployment,
    evidence,
    followed_keys,
    fronts,
    hooks,
    issued_keys,
    machines,
    names,
    numbers,
    order,
    regions,
    residency,
    secrets,
    services,
    timing,
    traffic,
    ways,
)
from lyo_dr.model.plan.rules.causes import Rule, follows, hidden, path_of


def broken_rules(plan: Plan, faulty: Sequence[str] = (), first: Sequence[Rule] = ()) -> list[str]:
    """Every rule the plan breaks, in the order of the rules; empty when it can be used.

    A rule that reads something at fault already is not asked: its answer would follow from that fault. ``faulty`` are
    the paths of what was found wrong before; ``first`` are rules to ask before these.
    """
    found, paths = [], list(faulty)
    for rule in (*first, *_RULES):
        if hidden(rule, paths):
            continue
        new = [fault for fault in rule(plan) if not follows(path_of(fault), paths)]
        found += new
        paths += [path_of(fault) for fault in new]
    return found


_RULES: tuple[Callable[[Plan], Iterator[str]], ...] = (
    numbers.rules,
    regions.regions,
    residency.regions,
    regions.places,
    names.lists,
    ways.rules,
    databases.instances,
    services.places,
    services.validated,
    services.capacity,
    services.references,
    ways.services,
    services.workers,
    services.metrics,
    hooks.rules,
    order.rules,
    traffic.urls,
    traffic.front,
    residency.detection,
    fronts.names,
    fronts.zones,
    fronts.services,
    traffic.targets,
    traffic.cnames,
    traffic.balancers,
    traffic.resolvers,
    timing.rto,
    timing.times,
    timing.ttl,
    timing.rounds,
    timing.cold,
    timing.agreement,
    timing.lease,
    machines.history,
    databases.tables,
    secrets.names,
    secrets.secrets,
    secrets.workload,
    issued_keys.rules,
    followed_keys.rules,
    caches.rules,
    databases.integrity,
    databases.restores,
    delayed_replicas.rules,
    timing.maintenance,
    breach.rules,
    evidence.rules,
    deployment.tags,
    deployment.role_path,
    deployment.boundary,
    deployment.keys,
)
