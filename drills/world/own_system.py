"""Whose system a drill rehearses: files and programs of the plan's ``rehearsal``, and the table that drills work on."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from lyo_dr.model.plan import Database, Plan, Table
from lyo_dr.model.plan.rehearsal import Rehearsal
from lyo_dr.model.tables.names import TableName, parse_column, parse_table, quoted

DEMONSTRATION = TableName("public", "lyo_appointments")
"""The table of the built-in application's own schema (``drills/booking_app/schema.sql``) that takes bookings."""
_OTHERS = (TableName("public", "lyo_users"), TableName("public", "lyo_conversations"))


class UnfitSystem(Exception):
    """Tables, files or programs of the rehearsal do not fit the plan; the message is a sentence."""


@dataclass(frozen=True)
class OwnSystem:
    """What the plan says of its rehearsal; ``folder`` is the one its paths are relative to."""

    folder: Path = Path()
    rehearsal: Rehearsal = field(default_factory=Rehearsal)

    def files(self, database: Database) -> list[Path]:
        """SQL to run in a database, in this order; empty where the built-in application makes the tables."""
        named = self.rehearsal.databases.get(database.name)
        if named is None:
            return []
        return [self.folder / each for each in (named.schema, named.seed) if each is not None]

    def command(self, service: str) -> list[str] | None:
        """How the service is started; None for the built-in application."""
        named = self.rehearsal.services.get(service)
        return None if named is None else self.in_folder(named.command)

    @property
    def load(self) -> list[str] | None:
        """How the script that makes the requests is started; None for the built-in client."""
        command = self.rehearsal.load.command
        return None if command is None else self.in_folder(command)

    def in_folder(self, command: list[str]) -> list[str]:
        """Started in the folder of the plan, with the PATH of whoever runs the drill and none of our modules."""
        kept = [f"{name}={os.environ[name]}" for name in ("PATH", "HOME") if name in os.environ]
        return ["/usr/bin/env", "-u", "PYTHONPATH", "-C", str(self.folder), *kept, *command]

    def is_demonstration(self, database: Database) -> bool:
        """Whether the built-in application's own schema is made there: nothing else is said, or the plan names it."""
        if self.files(database):
            return False
        places = {table.place for table in database.tables}
        return not places or bool(places & {DEMONSTRATION, *_OTHERS})


@dataclass(frozen=True)
class DrillTable:
    """The table that receives what the client writes, in the first database of the plan, and that drills damage."""

    place: TableName
    keys: tuple[str, ...]
    id: str
    """Column with the id the client sent."""
    time: str | None
    planned: bool = True
    """Whether the plan names it: else no restore looks at it."""
    sample: bool = False
    """Whether it is the built-in application's own, whose columns are known."""

    @property
    def id_sql(self) -> str:
        """The id of a row as text."""
        return f"{quoted(self.id)}::text"

    def id_of(self, key: list[str]) -> str:
        """The id in the values of a whole key."""
        return key[self.keys.index(self.id)] if self.id in self.keys else key[0]


def drill_table(plan: Plan, own: OwnSystem) -> DrillTable:
    """The one ``rehearsal.table`` names, that of the demonstration, or the first one of the plan with a time."""
    database, rehearsal = plan.databases[0], own.rehearsal
    by_place = {table.place: table for table in database.tables}
    if rehearsal.table is not None and parse_table(rehearsal.table) in by_place:
        return _of(by_place[parse_table(rehearsal.table)], rehearsal.id)
    if own.is_demonstration(database):
        return DrillTable(DEMONSTRATION, ("id",), "id", "created_at", planned=DEMONSTRATION in by_place, sample=True)
    if not database.tables:
        raise UnfitSystem(
            f"database {database.name} has a schema of its own and no tables in the plan, so that nothing says where "
            "the client writes; name one under databases[0].tables"
        )
    dated = [table for table in database.tables if table.time is not None]
    return _of((dated or database.tables)[0], rehearsal.id)


def _of(table: Table, column: str | None) -> DrillTable:
    return DrillTable(table.place, table.keys, table.keys[0] if column is None else parse_column(column), table.time)
