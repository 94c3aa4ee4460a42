"""Writing rows of a replay file back, with the application's own privileges. Used by one SQL function.

Idempotent: every statement skips rows that are not as the ledger found them, so a batch may be written twice. What is
written reads byte for byte as it read in the damaged database, or it is not written; only a column that a trigger sets
to the time of each write reads as the time of this one.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
import pg8000.exceptions

from lyo_dr.adapters.sql.postgres import Postgres, state_of
from lyo_dr.adapters.sql.row_statements import RowStatements, as_parameter
from lyo_dr.adapters.sql.sequences import blocked
from lyo_dr.adapters.sql.table_text import TableText, one_form_of_text
from lyo_dr.model.plan import Table
from lyo_dr.model.reconciliation import Entry
from lyo_dr.model.tables.write_stamps import SHIFTS, altered, are_stamps, may_be_stamps, only_written_later


class Outcome(msgspec.Struct):
    """What became of entries, by key."""

    written: list[str] = []
    already: list[str] = []
    conflicting: list[str] = []
    refused: list[str] = []
    why: str = ""
    stamped: list[str] = []
    """Columns that read as the time of this replay."""


class _Altered(Exception):
    """A row reads otherwise once it is written, in these columns; None: it has another number of them."""

    def __init__(self, table: str, names: list[str] | None) -> None:
        self.names = names
        # Names of columns only: no value leaves the database.
        what = "another number of columns" if names is None else ", ".join(names)
        super().__init__(f"a trigger, an identity or a generated column of {table} changes what is written: {what}")


class Replay:
    """One table of the database users work with, as a user of the application. Its key has to be unique."""

    def __init__(self, postgres: Postgres, table: Table) -> None:
        self._postgres, self._table, self._text = postgres, table, TableText(table)
        one_form_of_text(postgres)
        # The application's own policies hold for what it writes; reading with them off would be refused.
        postgres.rows("set row_security = on")
        self._types = self._text.columns(postgres)
        self._statements = RowStatements(postgres, table)
        self._stamped = set[str]()

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
        outcome.stamped = sorted(self._stamped)
        return outcome

    def _may_not_number(self, entries: list[Entry]) -> str:
        new = [entry for entry in entries if entry.change == "insert" or entry.what == "conflicting"]
        if not new:
            return ""
        self._postgres.rows("savepoint numbers")
        try:
            return blocked(self._postgres, self._table, self._statements.given(), rows=as_parameter(new))
        except pg8000.exceptions.DatabaseError as refusal:
            self._postgres.rows("rollback to savepoint numbers")
            return f"its sequences could not be moved on ({_state(refusal)})"

    def _try(self, entries: list[Entry], outcome: Outcome) -> None:
        """In halves, until what the database refuses stands alone."""
        self._postgres.rows("savepoint part")
        try:
            written = self._write(entries)
        except (pg8000.exceptions.DatabaseError, _Altered) as refusal:
            self._postgres.rows("rollback to savepoint part")
            if len(entries) > 1:
                half = len(entries) // 2
                self._try(entries[:half], outcome)
                self._try(entries[half:], outcome)
            elif isinstance(refusal, _Altered) and self._learn(entries, refusal.names):
                self._try(entries, outcome)
            else:
                outcome.refused.append(entries[0].key)
                outcome.why = str(refusal) if isinstance(refusal, _Altered) else _state(refusal)
            return
        self._postgres.rows("release savepoint part")
        left = [entry for entry in entries if entry.key not in written]
        there = self._alike(left)
        outcome.written += [entry.key for entry in entries if entry.key in written]
        outcome.already += [entry.key for entry in left if entry.key in there]
        outcome.conflicting += [entry.key for entry in left if entry.key not in there]

    def _write(self, entries: list[Entry]) -> set[str]:
        """The keys of what was written. Raises _Altered where a row reads otherwise than it was given."""
        given, written = {entry.key: entry.row for entry in entries}, self._change(entries)
        otherwise = [(given.get(key, ""), text) for key, text in written if text != given.get(key)]
        if otherwise:
            self._require_only_stamps(otherwise)
        return {key for key, _ in written}

    def _require_only_stamps(self, otherwise: list[tuple[str, str]]) -> None:
        window = self._window()
        for wanted, text in otherwise:
            names = altered(self._types, wanted, text)
            if names is None or not self._stamped.issuperset(names):
                raise _Altered(self._table.name, names)
            if not are_stamps(self._types, names, text, window):
                raise _Altered(self._table.name, names)

    def _change(self, entries: list[Entry]) -> list[tuple[str, str]]:
        forced = [entry for entry in entries if entry.what == "conflicting"]
        plain = [entry for entry in entries if entry.what != "conflicting"]
        return [
            *self._statements.insert([entry for entry in plain if entry.change == "insert"], overwrite=False),
            *self._statements.insert(forced, overwrite=True),
            *self._statements.update([entry for entry in plain if entry.change == "update"]),
        ]

    def _learn(self, entries: list[Entry], names: list[str] | None) -> bool:
        """Whether these columns turn out to be set by a trigger at each write, which was not known before."""
        if not names or self._stamped.issuperset(names) or not self._statements.triggered:
            return False
        if not may_be_stamps(self._types, names, self._table.keys):
            return False
        if not all(self._sets(entries, names, shift) for shift in SHIFTS):
            return False
        self._stamped.update(names)
        return True

    def _sets(self, entries: list[Entry], names: list[str], shift: str) -> bool:
        """Whether the table writes the time of the write though it is given another one; nothing stays written."""
        self._postgres.rows("savepoint shifted")
        self._statements.shift = dict.fromkeys(names, shift)
        try:
            written = self._change(entries)
            window = self._window()
            return bool(written) and all(are_stamps(self._types, names, text, window) for _, text in written)
        except pg8000.exceptions.DatabaseError:
            return False
        finally:
            self._statements.shift = {}
            self._postgres.rows("rollback to savepoint shifted")

    def _window(self) -> tuple[datetime, datetime]:
        """When this transaction began, and now."""
        ((since, until),) = self._postgres.rows("select transaction_timestamp(), clock_timestamp()")
        return since, until

    def _alike(self, entries: list[Entry]) -> set[str]:
        """Keys whose row is there as it would be written, or as an earlier run of this batch has written it."""
        if not entries:
            return set()
        text = self._text
        found = self._postgres.rows(
            f"select {text.key_of('_lyo_row')}, _lyo_row::text from {text.name} _lyo_row "  # noqa: S608
            f"join {text.wanted(self._types)} on {text.is_wanted('_lyo_row')}",
            keys=text.given([entry.key for entry in entries]),
        )
        there = {str(key): str(row) for key, row in found}
        return {entry.key for entry in entries if self._is_alike(entry.row, there.get(entry.key))}

    def _is_alike(self, given: str, there: str | None) -> bool:
        if there is None or given == there:
            return there is not None
        return self._statements.triggered and only_written_later(self._types, given, there, self._table.keys)


def _state(refusal: pg8000.exceptions.DatabaseError) -> str:
    """SQLSTATE only: the server's words may quote a row."""
    state = state_of(refusal)
    return f"SQLSTATE {state}" if state else "no SQLSTATE"
