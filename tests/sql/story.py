"""A damaged and a restored database on real PostgreSQL, read as ``lyo_dr`` and written as the application's user."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from local_aws.rds.postgres_server import Server
from lyo_dr.adapters.aws.secretsmanager import SqlLogin
from lyo_dr.adapters.sql.catalogue import read_shape
from lyo_dr.adapters.sql.integrity import read_changes
from lyo_dr.adapters.sql.postgres import Postgres, connected
from lyo_dr.adapters.sql.row_writer import Outcome, Replay
from lyo_dr.adapters.sql.table_diff import Still
from lyo_dr.decisions.common.table_shape import unfit
from lyo_dr.decisions.restore.reconciliation import damage_of
from lyo_dr.model.plan import Table
from lyo_dr.model.reconciliation import Compared, Entry
from lyo_dr.services.restore.table_diff import Comparison, Header

ONBOARDING = Path(__file__).resolve().parents[2] / "database" / "onboarding.sql"
_TEMPLATE = "onboarded"
PASSWORD = "for the tests"


def prepare(server: Server) -> None:
    """The users, and a database that was onboarded, from which the others are made."""
    text = ONBOARDING.read_text(encoding="utf-8").replace(":'region'", "'eu-west-1'").replace(":'app_roles'", "'app'")
    with server.connect() as connection:
        connection.execute(f"create role app login password '{PASSWORD}'".encode())
        connection.execute(f"create database {_TEMPLATE}".encode())
    with server.connect(database=_TEMPLATE) as connection:
        connection.execute(text.encode())
        connection.execute(f"alter role lyo_dr password '{PASSWORD}'".encode())


@dataclass
class Database:
    """One database, and later the one it was restored to."""

    server: Server
    name: str
    moment: datetime = field(default_factory=lambda: datetime.now(UTC))
    begun: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def restored(self) -> str:
        """The name of the restored one."""
        return f"{self.name}_restored"

    def create(self) -> None:
        """From the onboarded one."""
        self.sql(f"create database {self.name} template {_TEMPLATE}", at="postgres")

    def drop(self) -> None:
        """Both."""
        for name in (self.name, self.restored):
            self.sql(f"drop database if exists {name} with (force)", at="postgres")

    def sql(self, *statements: str, at: str = "") -> list[Any]:
        """As the administrator, each statement on its own; the rows of the last that has any."""
        rows: list[Any] = []
        with self.server.connect(database=at or self.name) as connection:
            for statement in statements:
                found = connection.execute(statement.encode())
                rows = found.fetchall() if found.description else rows
        return rows

    def given(self, *statements: str) -> None:
        """The schema and rows of before the recovery point, which the application's user may read and write."""
        self.sql(*statements)
        ours = "select nspname from pg_namespace where nspname !~ '^(pg_|information_schema|lyo_dr)'"
        for (schema,) in self.sql(ours):
            self.sql(
                f'grant usage on schema "{schema}" to app',
                f'grant select, insert, update on all tables in schema "{schema}" to app',
                f'grant usage on all sequences in schema "{schema}" to app',
            )

    def restore(self) -> None:
        """The recovery point is now: what follows happens in one of the two databases."""
        self.moment = self.sql("select clock_timestamp()")[0][0]
        self.sql(f"create database {self.restored} template {self.name}", at="postgres")
        self.begun = datetime.now(UTC)

    @contextmanager
    def ours(self, at: str = "", user: str = "lyo_dr") -> Iterator[Postgres]:
        """As the SQL functions come."""
        login = SqlLogin("127.0.0.1", self.server.port, user, PASSWORD, at or self.name, tls=False)
        with connected(login, 30) as postgres:
            yield postgres

    def unfit(self, table: Table) -> str | None:
        """What the catalogue has against a table."""
        with self.ours() as postgres:
            return unfit(table, read_shape(postgres, table))

    def compare(self, table: Table, *others: Table) -> tuple[dict[str, Entry], Compared]:
        """The ledger, by key, and its figures."""
        with self.ours() as damaged, self.ours(self.restored) as restored:
            changes = read_changes(damaged, [table, *others])
            comparison = Comparison(
                Still(damaged, table),
                Still(restored, table),
                damage=damage_of(changes, table.name, self.moment),
                since=self.moment,
                begun=self.begun,
            )
            header = Header(
                incident="i",
                database="d",
                table=table.name,
                key=list(table.keys),
                moment=self.moment,
                made_at=self.begun,
                columns=comparison.columns,
            )
            with comparison.written(header) as (content, found):
                _, *lines = content.read().splitlines()
        return {entry.key: entry for entry in (msgspec.json.decode(line, type=Entry) for line in lines)}, found

    def replay(self, table: Table, entries: list[Entry]) -> Outcome:
        """As the application's user, into the restored database."""
        with self.ours(self.restored, "app") as postgres:
            return Replay(postgres, table).write(entries)


def kinds(entries: dict[str, Entry]) -> dict[str, str]:
    """What is said of each row."""
    return {key: entry.what for key, entry in entries.items()}
