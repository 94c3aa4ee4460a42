"""Bookings in the database, and what can be said of the database."""

from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg import errors

from drills.booking_app.pool import DatabaseDown, Pool
from drills.booking_app.served import Served
from drills.booking_app.statements import Statements, UnfitTable, statements

DatabaseState = Literal["read_write", "read_only", "down"]

_STATE = "select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on'"
_EPOCH = "select epoch from lyo_dr.authority"


class NotAccepted(Exception):
    """The database does not take or give bookings now; the message is a sentence for the client."""


@dataclass(frozen=True)
class Booking:
    """One appointment; ``created_at`` is ISO 8601, None before it is stored."""

    id: str
    customer: str
    slot: str
    created_at: str | None = None


@dataclass(frozen=True)
class View:
    """What the app sees of its database; ``epoch`` is None where there is no authority table or row."""

    state: DatabaseState
    epoch: int | None = None


class Bookings:
    """The table that bookings go into."""

    def __init__(self, pool: Pool, served: Served | None = None) -> None:
        self._pool = pool
        self._served = served or Served()
        self._known: Statements | None = None

    def _statements(self, connection: "psycopg.Connection[Any]") -> Statements:
        self._known = self._known or statements(connection, self._served)
        return self._known

    def add(self, booking: Booking) -> bool:
        """Store a booking and return once it is committed: True when it is new, False when the id existed.

        Raises NotAccepted; after a timeout the booking may be there all the same, so the same id is sent again.
        """
        try:
            with self._pool.connection() as connection:
                insert = self._statements(connection).insert
                return connection.execute(insert, vars(booking)).rowcount == 1
        except UnfitTable as error:
            raise NotAccepted(str(error)) from None
        except errors.ReadOnlySqlTransaction:
            raise NotAccepted("The database is read-only") from None
        except (DatabaseDown, psycopg.Error) as error:
            raise NotAccepted(_sentence(error)) from None

    def get(self, booking_id: str) -> Booking | None:
        """A booking by id, None when there is none; raises NotAccepted."""
        try:
            with self._pool.connection() as connection:
                row = connection.execute(self._statements(connection).select, {"id": booking_id}).fetchone()
        except UnfitTable as error:
            raise NotAccepted(str(error)) from None
        except (DatabaseDown, psycopg.Error) as error:
            raise NotAccepted(_sentence(error)) from None
        return Booking(str(row[0]), row[1], row[2], row[3].isoformat() if row[3] else None) if row else None

    def view(self) -> View:
        """What the database is to the app right now; raises nothing, lasts two seconds at most."""
        try:
            with self._pool.connection() as connection:
                row = connection.execute(_STATE).fetchone()
                state: DatabaseState = "read_only" if row is None or row[0] else "read_write"
                return View(state, _epoch(connection))
        except (DatabaseDown, psycopg.Error):
            return View("down")


def _epoch(connection: "psycopg.Connection[object]") -> int | None:
    try:
        row: tuple[int] | None = connection.execute(_EPOCH).fetchone()  # type: ignore[assignment]
    except (errors.UndefinedTable, errors.InvalidSchemaName, errors.InsufficientPrivilege):
        return None
    return row[0] if row else None


def _sentence(error: Exception) -> str:
    if isinstance(error, errors.UndefinedTable):
        return "The database has no table for bookings yet"
    if isinstance(error, errors.IntegrityError | errors.DataError | errors.InsufficientPrivilege):
        return f"The table does not take bookings (SQLSTATE {error.sqlstate})"
    return "The database is down"
