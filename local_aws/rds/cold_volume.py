"""Cold volumes: the first reading of each table of a restored instance takes its time.

RDS calls a restored instance available before its blocks are there; a block is fetched from Amazon S3 when it is first
read (RDS user guide, "Restoring to a DB instance": lazy loading). Here a lock on each table keeps every query of it
waiting, from the first one on, for so many seconds. Whether that query is cancelled meanwhile or its client gone makes
no difference, as what was being fetched still arrives. The rest of the server, its catalogs included, is quick.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

import psycopg
from psycopg import sql

from local_aws.rds.postgres_server import Server

_LOG = logging.getLogger(__name__)
_STEP_SECONDS = 0.05
_DATABASES = "select datname from pg_database where datallowconn and not datistemplate"
_TABLES = """
select c.oid::int, n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_toast'
"""
_WAITED_FOR = """
select distinct d.datname, l.relation::int from pg_locks l join pg_database d on d.oid = l.database
where l.locktype = 'relation' and not l.granted
"""
Table = tuple[str, int]
"""A database and the object id of a table in it."""


class ColdVolume:
    """The tables of one server that nobody has read yet. Raises psycopg.Error while it is made; afterwards nothing."""

    def __init__(self, server: Server, seconds: float) -> None:
        self._server = server
        self._seconds = seconds
        self._held: dict[Table, psycopg.Connection[Any]] = {}
        self._warm = threading.Event()
        for (database,) in self._rows("postgres", _DATABASES):
            for table, schema, name in self._rows(database, _TABLES):
                self._held[database, table] = self._lock(database, sql.Identifier(schema, name))
        threading.Thread(target=self._load, name=f"cold volume of {server.name}", daemon=True).start()

    def warm(self) -> None:
        """Everything is read at once, as by the snapshot a replica is made from."""
        self._warm.set()

    def _load(self) -> None:
        due: dict[Table, float] = {}
        try:
            with self._server.connect() as connection:
                while self._held and not self._warm.wait(_STEP_SECONDS):
                    now = time.monotonic()
                    for database, table in connection.execute(_WAITED_FOR).fetchall():
                        due.setdefault((database, table), now + self._seconds)
                    for read in [table for table in self._held if due.get(table, now + 1) <= now]:
                        self._held.pop(read).close()
        except psycopg.Error as end:
            _LOG.info("the volume of %s is no longer watched: %s", self._server.name, type(end).__name__)
        finally:
            for held in self._held.values():
                held.close()
            self._held.clear()

    def _rows(self, database: str, query: str) -> list[tuple[Any, ...]]:
        with self._server.connect(database=database) as connection:
            return connection.execute(query).fetchall()

    def _lock(self, database: str, table: sql.Identifier) -> psycopg.Connection[Any]:
        """A connection in a transaction of its own; the lock ends with it."""
        connection = self._server.connect(database=database)
        connection.execute("begin")
        connection.execute(sql.SQL("lock table {} in access exclusive mode").format(table))
        return connection
