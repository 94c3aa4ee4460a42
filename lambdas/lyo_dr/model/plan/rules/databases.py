"""Databases: storage, SQL names, integrity queries and restores."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Plan, Restore, Table
from lyo_dr.model.plan.rules.causes import reads
from lyo_dr.model.plan.shape.twice import twice
from lyo_dr.model.tables.names import TableName, parse_column, parse_table

_ROLE = re.compile(r"[^\W\d][\w$.@-]*")
_LONGEST = 63
_LONGEST_WARMING = timedelta(minutes=8)


@reads("regions", "databases[].instances", "databases[].restore_as")
def instances(plan: Plan) -> Iterator[str]:
    """No instance is two databases: what an incident does to an instance, it does to all of it."""
    taken: dict[tuple[str, str], str] = {}
    for index, database in enumerate(plan.databases):
        named = [(f"instances.{region}", region, name) for region, name in database.instances.items()]
        if database.restore_as is not None:
            named.append(("restore_as.instance", plan.regions.secondary, database.restore_as.instance))
        for path, region, name in [place for place in named if place[1:] in taken][:1]:
            yield (
                f"databases[{index}].{path}: {name!r} is the instance of {taken[region, name]!r} already; an incident "
                "promotes or restores a whole instance, so several databases on one cannot be said (docs/limits.md): "
                "keep one entry for it, or give each database an instance of its own"
            )
        taken |= {(region, name): database.name for _, region, name in named}


def tables(plan: Plan) -> Iterator[str]:
    """Names of tables, columns and users can be read, and none is written twice."""
    for index, database in enumerate(plan.databases):
        path = f"databases[{index}]"
        for role in twice(database.app_roles):
            yield f"{path}.app_roles: {role!r} is named twice; name each user once"
        for role in database.app_roles:
            if not _ROLE.fullmatch(role) or len(role.encode()) > _LONGEST:
                yield f"{path}.app_roles: {role!r} is no user's name; use up to 63 of letters, digits, _, $, ., @ and -"
        found: dict[TableName, str] = {}
        for number, table in enumerate(database.tables):
            yield from _table(f"{path}.tables[{number}]", table, found)


def _table(path: str, table: Table, found: dict[TableName, str]) -> Iterator[str]:
    columns = [("key", table.key)] if isinstance(table.key, str) else [("key", column) for column in table.key]
    columns += [] if table.written_at is None else [("written_at", table.written_at)]
    for field, column in columns:
        if fault := _unreadable(parse_column, column):
            yield f"{path}.{field}: {fault}"
    names = [column for field, column in columns if field == "key"]
    if not names or len(set(names)) < len(names):
        yield f"{path}.key: name each column of the key once"
    if fault := _unreadable(parse_table, table.name):
        yield f"{path}.name: {fault}"
    elif (first := found.setdefault(table.place, path)) != path:
        yield f"{path}.name: {table.name} is the table of {first}, too; name it once"


def _unreadable(parse: Callable[[str], object], name: str) -> str:
    """Why a name cannot be read; empty if it can."""
    try:
        parse(name)
    except ValueError as fault:
        return str(fault)
    return ""


def integrity(plan: Plan) -> Iterator[str]:
    """Unique names, and a single SELECT each."""
    for index, database in enumerate(plan.databases):
        path, names = f"databases[{index}]", [check.name for check in database.integrity]
        for name in twice(names):
            yield f"{path}.integrity: the name {name!r} is used twice; give each its own"
        for number, check in enumerate(database.integrity):
            if not re.match(r"\s*(select|with)\b", check.sql, re.IGNORECASE) or ";" in check.sql:
                yield f"{path}.integrity[{number}].sql: not one question; write a single SELECT, without ;"


def restores(plan: Plan) -> Iterator[str]:
    """Limits of a restore."""
    for index, database in enumerate(plan.databases):
        path, restore = f"databases[{index}].restore", database.restore
        if restore.stop == "read_only" and not database.app_roles:
            yield f"{path}.stop: read_only needs app_roles, the users that are to read only"
        yield from _search(path, restore)


def _search(path: str, restore: Restore) -> Iterator[str]:
    """What one function can warm."""
    if restore.warm_budget > _LONGEST_WARMING:
        yield f"{path}.warm_budget: {humanize(restore.warm_budget)}; write PT8M or less: users wait meanwhile"
