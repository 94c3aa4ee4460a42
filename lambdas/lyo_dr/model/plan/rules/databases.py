"""Databases: storage, SQL names, integrity queries and restores."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Plan, Restore, Table
from lyo_dr.model.tables.names import TableName, parse_column, parse_table

_MOST_AT_ONCE = 5
"""All of a search poll within one execution: three of them for an hour are some 7,000 of its 25,000 events."""
_ROLE = re.compile(r"[^\W\d][\w$.@-]*")
_LONGEST = 63
_LONGEST_WARMING = timedelta(minutes=8)


def storage(plan: Plan) -> Iterator[str]:
    """Backup retention and the threshold of free storage, within what RDS takes."""
    for index, database in enumerate(plan.databases):
        if not 1 <= database.backup_retention_days <= 35:
            yield f"databases[{index}].backup_retention_days: {database.backup_retention_days}; RDS takes 1 to 35"
        if database.low_storage_gib <= 0:
            yield f"databases[{index}].low_storage_gib: {database.low_storage_gib:g}; write more than 0"


def tables(plan: Plan) -> Iterator[str]:
    """Names of tables, columns and users can be read, and none is written twice."""
    for index, database in enumerate(plan.databases):
        path = f"databases[{index}]"
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
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{path}.integrity: the name {name!r} is used twice; give each its own"
        for check in database.integrity:
            if not re.match(r"\s*(select|with)\b", check.sql, re.IGNORECASE) or ";" in check.sql:
                yield f"{path}.integrity: {check.name!r} is not one question; write a single SELECT, without ;"


def restores(plan: Plan) -> Iterator[str]:
    """Limits of a restore."""
    for index, database in enumerate(plan.databases):
        path, restore = f"databases[{index}].restore", database.restore
        if restore.stop == "read_only" and not database.app_roles:
            yield f"{path}.stop: read_only needs app_roles, the users that are to read only"
        if restore.max_restores < 1:
            yield f"{path}.max_restores: {restore.max_restores}; write 1 or more"
        yield from _search(path, restore)


def _search(path: str, restore: Restore) -> Iterator[str]:
    """What one execution can poll for, and what one function can warm."""
    if not 1 <= restore.search_at_once <= _MOST_AT_ONCE:
        yield (
            f"{path}.search_at_once: {restore.search_at_once}; write 1 to {_MOST_AT_ONCE}: all of them are polled in "
            "one execution, which AWS Step Functions ends at 25,000 events"
        )
    if restore.warm_budget > _LONGEST_WARMING:
        yield f"{path}.warm_budget: {humanize(restore.warm_budget)}; write PT8M or less: users wait meanwhile"
