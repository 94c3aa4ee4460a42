"""Delayed replicas."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import DelayedReplica, Plan
from lyo_dr.model.plan.rules.causes import reads

_LONGEST = timedelta(days=1)
"""RDS User Guide, "Configuring delayed replication with RDS for PostgreSQL": 0 to 86400000 milliseconds."""


@reads("regions", "databases[].instances")
def rules(plan: Plan) -> Iterator[str]:
    """Delay and instances of every delayed replica."""
    taken = [name for database in plan.databases for name in database.instances.values()]
    taken += [database.restore_as.instance for database in plan.databases if database.restore_as is not None]
    for index, database in enumerate(plan.databases):
        if (delayed := database.restore.delayed) is not None:
            path = f"databases[{index}].restore.delayed"
            yield from _delay(path, delayed.delay)
            yield from _instances(path, plan, delayed, taken)
            taken += delayed.instances.values()


def _delay(path: str, delay: timedelta) -> Iterator[str]:
    if not timedelta(0) < delay <= _LONGEST:
        yield f"{path}.delay: {humanize(delay)}; RDS delays by up to a day, write more than PT0S and P1D or less"


def _instances(path: str, plan: Plan, delayed: DelayedReplica, taken: list[str]) -> Iterator[str]:
    if not delayed.instances:
        yield f"{path}.instances: empty; name the replica of one region at least, or leave delayed out"
    for region in sorted(set(delayed.instances) - set(plan.regions.pair)):
        yield f"{path}.instances: {region} is none of the pair; use {' or '.join(plan.regions.pair)}"
    for name in delayed.instances.values():
        if name in taken:
            yield f"{path}.instances: {name!r} is named for something else already; give each replica its own name"
