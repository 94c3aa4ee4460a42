"""Bookings in the database, and what can be said of the database."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

import psycopg
from psycopg import errors

from drills.booking_app.pool import DatabaseDown, Pool

DatabaseState = Literal["read_write", "read_only", "down"]

_STATE = "select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on'"
_EPOCH = "select epoch from lyo_dr.authority"
_INSERT = "insert into lyo_appointments (id, customer, slot) values (%s, %s, %s) on conflict (id) do nothing"
_SELECT = "select id, customer, slot, created_at from lyo_appointments where id = %s"


class NotAccepted(Exception):
    """The database does not take or give bookings now; the message is a sentence for the client."""


@dataclass(frozen=True)
class Booking:
    """One appointment; ``created_at`` is ISO 8601, None before it is stored."""

    id: UUID
    customer: str
    slot: str
    created_at: str | None = None


@dataclass(frozen=True)
class View:
    """What the app sees of its database; ``epoch`` is None where there is no authority table or row."""

    state: DatabaseState
    epoch: int | None = None


class Bookings:
    """The table of appointments."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def add(self, booking: Booking) -> bool:
        """Store a booking and return once it is committed: True when it is new, False when the id existed.

        Raises NotAccepted; after a timeout the booking may be there all the same, so the same id is sent again.
        """
        try:
            with self._pool.connection() as connection:
                return connection.execute(_INSERT, (booking.id, booking.customer, booking.slot)).rowcount == 1
        except errors.ReadOnlySqlTransaction:
            raise NotAccepted("The database is read-only") from None
        except (DatabaseDown, psycopg.Error) as error:
            raise NotAccepted(_sentence(error)) from None

    def get(self, booking_id: UUID) -> Booking | None:
        """A booking by id, None when there is none; raises NotAccepted."""
        try:
            with self._pool.connection() as connection:
                row = connection.execute(_SELECT, (booking_id,)).fetchone()
        except (DatabaseDown, psycopg.Error) as error:
            raise NotAccepted(_sentence(error)) from None
        return Booking(row[0], row[1], row[2], row[3].isoformat()) if row else None

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
    return "The database is down"
