"""Writing rows of a replay file back, with the application's own privileges. Used by one SQL function.

Idempotent: every statement skips rows that are not as the ledger found them, so a batch may be written twice.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pg8000.exceptions
from pg8000.native import identifier

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.model.plan import Table
from lyo_dr.model.reconciliation import Entry

_COLUMNS = """
select attname::text, attidentity = 'a' from pg_attribute
where attrelid = to_regclass(:table) and attnum > 0 and not attisdropped and attgenerated = '' order by attnum
"""
_SEQUENCE = """
select s.name, has_sequence_privilege(s.name, 'usage') from pg_get_serial_sequence(:table, :key) as s(name)
where s.name is not null
"""
_ADVANCE = """
select count(nextval(cast(:sequence as regclass)))
from generate_series(1, cast(:highest as bigint) - coalesce(pg_sequence_last_value(cast(:sequence as regclass)), 0))
"""


class Outcome(msgspec.Struct):
    """What became of entries, by key."""

    written: list[str] = []
    already: list[str] = []
    conflicting: list[str] = []
    refused: list[str] = []
    why: str = ""


class Replay:
    """One table of the database users work with, as a user of the application."""

    def __init__(self, postgres: Postgres, table: Table) -> None:
        self._postgres, self._table = postgres, table
        self._name, self._key = identifier(table.name), identifier(table.key)
        postgres.rows("set timezone = 'UTC'")
        found = postgres.rows(_COLUMNS, table=table.name)
        self._insertable = [str(row[0]) for row in found]
        self._settable = [str(name) for name, always in found if not always and name != table.key]

    def write(self, entries: list[Entry]) -> Outcome:
        """All of them in one transaction; those a constraint refuses are left out, one by one."""
        outcome = Outcome()
        if not entries:
            return outcome
        self._postgres.rows("begin")
        blocked = self._advance(entries)
        if blocked:
            outcome.refused, outcome.why = [entry.key for entry in entries], blocked
        else:
            self._try(entries, outcome)
        self._postgres.rows("commit")
        return outcome

    def _try(self, entries: list[Entry], outcome: Outcome) -> None:
        """In halves, until what the database refuses stands alone."""
        self._postgres.rows("savepoint part")
        try:
            written = {key for change in ("insert", "update") for key in self._change(change, entries)}
        except pg8000.exceptions.DatabaseError as refusal:
            self._postgres.rows("rollback to savepoint part")
            if len(entries) == 1:
                outcome.refused.append(entries[0].key)
                outcome.why = _state(refusal)
                return
            half = len(entries) // 2
            self._try(entries[:half], outcome)
            self._try(entries[half:], outcome)
            return
        self._postgres.rows("release savepoint part")
        left = [entry for entry in entries if entry.key not in written]
        there = self._alike(left)
        outcome.written += [entry.key for entry in entries if entry.key in written]
        outcome.already += [entry.key for entry in left if entry.key in there]
        outcome.conflicting += [entry.key for entry in left if entry.key not in there]

    def _change(self, change: str, entries: list[Entry]) -> list[str]:
        forced = [entry for entry in entries if entry.what == "conflicting"]
        plain = [entry for entry in entries if entry.change == change and entry.what != "conflicting"]
        if change == "insert":
            return [*self._insert(plain, "do nothing"), *self._insert(forced, self._overwrite())]
        return self._update(plain)

    def _insert(self, entries: list[Entry], on_conflict: str) -> list[str]:
        if not entries:
            return []
        columns = ", ".join(map(identifier, self._insertable))
        return self._keys(
            f"insert into {self._name} as t ({columns}) overriding system value "  # noqa: S608
            f"select {columns} from {self._given()} on conflict {on_conflict} returning t.{self._key}::text",
            rows=_rows(entries),
        )

    def _overwrite(self) -> str:
        """A row that is the same already is not written again."""
        if not self._settable:
            return "do nothing"
        sets = ", ".join(f"{identifier(name)} = excluded.{identifier(name)}" for name in self._settable)
        mine = ", ".join(f"t.{identifier(name)}::text" for name in self._settable)
        theirs = ", ".join(f"excluded.{identifier(name)}::text" for name in self._settable)
        return f"({self._key}) do update set {sets} where row({mine}) is distinct from row({theirs})"

    def _update(self, entries: list[Entry]) -> list[str]:
        """Only what is still the version that was compared."""
        if not entries or not self._settable:
            return []
        sets = ", ".join(f"{identifier(name)} = g.{identifier(name)}" for name in self._settable)
        versions = json.dumps([{"key": entry.key, "version": entry.version} for entry in entries])
        return self._keys(
            f"update {self._name} t set {sets} from {self._given()} g "  # noqa: S608
            "join json_to_recordset(cast(:versions as json)) as v(key text, version text) "
            f"on v.key = g.{self._key}::text "
            f"where t.{self._key} = g.{self._key} and t.xmin::text = v.version returning t.{self._key}::text",
            rows=_rows(entries),
            versions=versions,
        )

    def _alike(self, entries: list[Entry]) -> set[str]:
        if not entries:
            return set()
        same = f"row_to_json(t)::jsonb = row_to_json(g)::jsonb and t.{self._key} = g.{self._key}"
        query = f"select t.{self._key}::text from {self._name} t, {self._given()} g where {same}"  # noqa: S608
        return set(self._keys(query, rows=_rows(entries)))

    def _advance(self, entries: list[Entry]) -> str:
        """A number that is given back must not be given out again; empty, or why nothing may be written."""
        found = self._postgres.rows(_SEQUENCE, table=self._table.name, key=self._table.key)
        if not found:
            return ""
        sequence, usable = found[0]
        if not usable:
            return f"the application may not use the sequence of {self._table.name}"
        highest = max(int(entry.key) for entry in entries)
        self._postgres.rows(_ADVANCE, sequence=sequence, highest=highest)
        return ""

    def _given(self) -> str:
        return f"json_populate_recordset(null::{self._name}, cast(:rows as json))"

    def _keys(self, sql: str, **values: Any) -> list[str]:
        return [str(row[0]) for row in self._postgres.rows(sql, **values)]


def _rows(entries: list[Entry]) -> str:
    """Never parsed on the way: numbers and texts stay as the server wrote them."""
    return f"[{','.join(entry.row for entry in entries)}]"


def _state(refusal: pg8000.exceptions.DatabaseError) -> str:
    """SQLSTATE only: the server's words may quote a row."""
    detail = refusal.args[0] if refusal.args else None
    state = detail.get("C") if isinstance(detail, dict) else None
    return f"SQLSTATE {state}" if state else "no SQLSTATE"
