"""Databases: storage, SQL names, integrity queries and restores."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Plan, Restore
from lyo_dr.model.plan.rules.causes import reads

_LONGEST_WARMING = timedelta(minutes=8)


@reads("databases[].instances")
def instances(plan: Plan) -> Iterator[str]:
    """No instance is two databases."""
    taken: dict[tuple[str, str], str] = {}
    for index, database in enumerate(plan.databases):
        both = [place for place in database.instances.items() if place in taken]
        for region, name in both[:1]:
            yield (
                f"databases[{index}].instances.{region}: {name!r} is the instance of {taken[region, name]!r} already; "
                "name another, or make the two one database"
            )
        taken |= dict.fromkeys(database.instances.items(), database.name)


def tables(plan: Plan) -> Iterator[str]:
    """Names of the database go into SQL, so they are held to what needs no quoting."""
    for index, database in enumerate(plan.databases):
        words = [("app_roles", role) for role in database.app_roles]
        for table in database.tables:
            words += [("tables", table.name), ("tables", table.key), ("tables", table.written_at)]
        for field, word in words:
            if not re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", word):
                yield f"databases[{index}].{field}: {word!r} is no plain SQL name; use up to 63 of a-z, 0-9 and _"


def integrity(plan: Plan) -> Iterator[str]:
    """Unique names, and a single SELECT each."""
    for index, database in enumerate(plan.databases):
        path, names = f"databases[{index}]", [check.name for check in database.integrity]
        for name in sorted({name for name in names if names.count(name) > 1}):
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
