"""Writing rows of a replay file back, with the application's own privileges. Used by one SQL function.

Idempotent: every statement skips rows that are not as the ledger found them, so a batch may be written twice. What is
written reads byte for byte as it read in the damaged database, or it is not written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import msgspec
import pg8000.exceptions

from lyo_dr.adapters.sql.postgres import Postgres, state_of
from lyo_dr.adapters.sql.sequences import blocked
from lyo_dr.adapters.sql.table_text import TableText, one_form_of_text
from lyo_dr.model.plan import Table
from lyo_dr.model.reconciliation import Entry
from lyo_dr.model.tables.names import quoted
from lyo_dr.model.tables.row_text import columns_of

_COLUMNS = """
select attname::text, attidentity = 'a' from pg_attribute
where attrelid = to_regclass(:table) and attnum > 0 and not attisdropped and attgenerated = '' order by attnum
"""


class Outcome(msgspec.Struct):
    """What became of entries, by key."""

    written: list[str] = []
    already: list[str] = []
    conflicting: list[str] = []
    refused: list[str] = []
    why: str = ""


class _Altered(Exception):
    """A row reads otherwise once it is written."""


class Replay:
    """One table of the database users work with, as a user of the application. Its key has to be unique."""

    def __init__(self, postgres: Postgres, table: Table) -> None:
        self._postgres, self._table, self._text = postgres, table, TableText(table)
        one_form_of_text(postgres)
        # The application's own policies hold for what it writes; reading with them off would be refused.
        postgres.rows("set row_security = on")
        self._types = self._text.columns(postgres)
        found = postgres.rows(_COLUMNS, table=self._text.name)
        self._insertable = [str(row[0]) for row in found]
        self._settable = [str(name) for name, always in found if not always and name not in table.keys]

    def write(self, entries: list[Entry]) -> Outcome:
        """All of them in one transaction; those a constraint refuses are left out, one by one."""
        outcome = Outcome()
        if not entries:
            return outcome
        self._postgres.rows("begin")
        self._postgres.rows("set constraints all immediate")
        why = self._may_not_number(entries)
        if why:
            outcome.refused, outcome.why = [entry.key for entry in entries], why
        else:
            self._try(entries, outcome)
        self._postgres.rows("commit")
        return outcome

    def _may_not_number(self, entries: list[Entry]) -> str:
        new = [entry for entry in entries if entry.change == "insert" or entry.what == "conflicting"]
        if not new:
            return ""
        self._postgres.rows("savepoint numbers")
        try:
            return blocked(self._postgres, self._table, self._given(), rows=_rows(new))
        except pg8000.exceptions.DatabaseError as refusal:
            self._postgres.rows("rollback to savepoint numbers")
            return f"its sequences could not be moved on ({_state(refusal)})"

    def _try(self, entries: list[Entry], outcome: Outcome) -> None:
        """In halves, until what the database refuses stands alone."""
        self._postgres.rows("savepoint part")
        try:
            written = {key for change in ("insert", "update") for key in self._change(change, entries)}
        except (pg8000.exceptions.DatabaseError, _Altered) as refusal:
            self._postgres.rows("rollback to savepoint part")
            if len(entries) == 1:
                outcome.refused.append(entries[0].key)
                outcome.why = str(refusal) if isinstance(refusal, _Altered) else _state(refusal)
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
        columns = ", ".join(map(quoted, self._insertable))
        values = ", ".join(f"(u.g).{quoted(name)}" for name in self._insertable)
        return self._written(
            entries,
            f"insert into {self._text.name} as _lyo_row ({columns}) overriding system value "  # noqa: S608
            f"select {values} from {self._given()} on conflict {on_conflict}",
        )

    def _overwrite(self) -> str:
        """A row that is the same already is not written again."""
        if not self._settable:
            return "do nothing"
        keys = ", ".join(map(quoted, self._table.keys))
        sets = ", ".join(f"{quoted(name)} = excluded.{quoted(name)}" for name in self._settable)
        mine = ", ".join(f"_lyo_row.{quoted(name)}::text" for name in self._settable)
        theirs = ", ".join(f"excluded.{quoted(name)}::text" for name in self._settable)
        return f"({keys}) do update set {sets} where row({mine}) is distinct from row({theirs})"

    def _update(self, entries: list[Entry]) -> list[str]:
        """Only what is still the version that was compared."""
        if not entries or not self._settable:
            return []
        sets = ", ".join(f"{quoted(name)} = (u.g).{quoted(name)}" for name in self._settable)
        same = " and ".join(f"_lyo_row.{quoted(key)} = (u.g).{quoted(key)}" for key in self._table.keys)
        return self._written(
            entries,
            f"update {self._text.name} _lyo_row set {sets} from {self._given()} "  # noqa: S608
            f"where {same} and _lyo_row.xmin::text = u.version",
        )

    def _written(self, entries: list[Entry], statement: str) -> list[str]:
        """The keys of what was written. Raises _Altered where a row reads otherwise than it was given."""
        given = {entry.key: entry.row for entry in entries}
        returning = f"returning {self._text.key_of('_lyo_row')}, _lyo_row::text"
        found = self._postgres.rows(f"{statement} {returning}", rows=_rows(entries))
        for key, text in found:
            if text != given.get(str(key)):
                raise _Altered(self._altered(str(text), given.get(str(key), "")))
        return [str(key) for key, _ in found]

    def _altered(self, text: str, given: str) -> str:
        """Names of columns only: no value leaves the database."""
        try:
            pairs = zip(self._types, columns_of(text), columns_of(given), strict=True)
            names = ", ".join(name for name, mine, theirs in pairs if mine != theirs)
        except ValueError:
            names = "another number of columns"
        return f"a trigger, an identity or a generated column of {self._table.name} changes what is written: {names}"

    def _alike(self, entries: list[Entry]) -> set[str]:
        """Keys whose row is there as it would be written."""
        if not entries:
            return set()
        text = self._text
        found = self._postgres.rows(
            f"select {text.key_of('_lyo_row')}, _lyo_row::text from {text.name} _lyo_row "  # noqa: S608
            f"join {text.wanted(self._types)} on {text.is_wanted('_lyo_row')}",
            keys=text.given([entry.key for entry in entries]),
        )
        there = {str(key): str(row) for key, row in found}
        return {entry.key for entry in entries if there.get(entry.key) == entry.row}

    def _given(self) -> str:
        """A relation ``u`` of the parameter ``rows``: each row as ``g``, and the version it was compared with."""
        return (
            f"(select cast(e ->> 0 as {self._text.name}) as g, e ->> 1 as version "  # noqa: S608
            "from json_array_elements(cast(:rows as json)) e offset 0) u"
        )


def _rows(entries: Iterable[Entry]) -> str:
    """Texts within JSON: what stands in them is not JSON."""
    return json.dumps([[entry.row, entry.version] for entry in entries])


def _state(refusal: pg8000.exceptions.DatabaseError) -> str:
    """SQLSTATE only: the server's words may quote a row."""
    state = state_of(refusal)
    return f"SQLSTATE {state}" if state else "no SQLSTATE"
