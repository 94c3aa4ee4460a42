"""Delayed replicas that differ from the plan, for ``lyo-dr status``."""

from __future__ import annotations

from collections.abc import Iterator

from cli.region_view import RegionView
from lyo_dr.adapters.aws.rds import Rds
from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.decisions.restore.delayed_replica import not_as_planned
from lyo_dr.errors import LyoDrError


def delayed_replicas(view: RegionView) -> Iterator[str]:
    """Report each delayed replica that could not be used in a restore, in the active region."""
    for database in view.names.plan.databases:
        name, delayed = database.delayed_in(view.region), database.restore.delayed
        if name is None or delayed is None:
            continue
        source = view.store.databases.instance(database.name, database.instance_in(view.region))
        try:
            found = Backups(view.region).find(name)
            delay = None if found is None else Rds(view.region).delay_in(name)
        except LyoDrError as refusal:
            yield f"{name} could not be checked: {refusal}"
            continue
        yield from not_as_planned(found, name=name, source=source, delay_ms=delay, planned=delayed.delay)
