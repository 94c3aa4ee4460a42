"""What is rehearsed is in the plan: databases, services, and the table that drills write to and damage."""

from __future__ import annotations

from collections.abc import Iterator

from lyo_dr.model.near import one_of
from lyo_dr.model.plan import Plan, Table
from lyo_dr.model.plan.rehearsal import Rehearsal
from lyo_dr.model.tables.names import parse_column, parse_table


def rules(plan: Plan, rehearsal: Rehearsal) -> Iterator[str]:
    """Every name of the section that the plan does not know."""
    databases = [database.name for database in plan.databases]
    for name in rehearsal.databases:
        if name not in databases:
            yield f"rehearsal.databases.{name}: {name!r} is no database of this plan; {one_of(name, databases)}"
    services = [service.name for service in plan.services]
    for name in rehearsal.services:
        if name not in services:
            yield f"rehearsal.services.{name}: {name!r} is no service of this plan; {one_of(name, services)}"
    if plan.databases:
        yield from _table(plan.databases[0].tables, rehearsal)


def _table(tables: list[Table], rehearsal: Rehearsal) -> Iterator[str]:
    if rehearsal.id is not None:
        try:
            parse_column(rehearsal.id)
        except ValueError as fault:
            yield f"rehearsal.id: {fault}"
    if rehearsal.table is None:
        return
    try:
        place = parse_table(rehearsal.table)
    except ValueError as fault:
        yield f"rehearsal.table: {fault}"
        return
    if place not in {table.place for table in tables}:
        names = [table.name for table in tables]
        there = one_of(rehearsal.table, names) if names else "add it to databases[0].tables"
        yield f"rehearsal.table: {rehearsal.table!r} is no table of the first database; {there}"
