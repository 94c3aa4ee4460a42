"""PostgreSQL access, used by the SQL functions only. The schema is ``database/onboarding.sql``."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pg8000.exceptions
import pg8000.native
from scramp import ScramException

from lyo_dr.adapters.aws.secretsmanager import SqlLogin
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.model.facts import ReplicaReading, WriteProof
from lyo_dr.model.fence import Closure
from lyo_dr.model.rotation import LoginTry

_READ_REPLICA = """
select pg_is_in_recovery(), clock_timestamp(), pg_last_xact_replay_timestamp(),
       (select at from lyo_dr.heartbeat), (select epoch from lyo_dr.heartbeat),
       exists (select 1 from pg_stat_wal_receiver where status = 'streaming'),
       (select last_msg_receipt_time from pg_stat_wal_receiver)
"""
_WRITE_HEARTBEAT = """
insert into lyo_dr.heartbeat (epoch, seq, at)
select epoch, 1, clock_timestamp() from lyo_dr.authority where region = :region
on conflict (only_row) do update set epoch = excluded.epoch, seq = lyo_dr.heartbeat.seq + 1, at = excluded.at
where lyo_dr.heartbeat.epoch <= excluded.epoch
returning seq
"""
_CLAIM = """
insert into lyo_dr.authority (region, epoch) values (:region, :epoch)
on conflict (only_row) do update set region = excluded.region, epoch = excluded.epoch, since = clock_timestamp()
where lyo_dr.authority.epoch <= excluded.epoch
"""
_PROVE = """
insert into lyo_dr.proof (incident, epoch) values (:incident, :epoch)
on conflict (incident) do update set epoch = excluded.epoch, at = clock_timestamp()
"""
_MISSING_RIGHTS = """
select p.privilege, c.oid::regclass::text
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
cross join unnest(array['select', 'insert', 'update', 'delete']) as p(privilege)
where c.relkind in ('r', 'p', 'v', 'm') and n.nspname not in ('pg_catalog', 'information_schema')
  and has_table_privilege(cast(:having as name), c.oid, p.privilege)
  and not has_table_privilege(cast(:lacking as name), c.oid, p.privilege)
order by 2, 1 limit 5
"""
_WRONG_LOGIN = {"28P01", "28000"}
"""invalid_password, and invalid_authorization_specification for a user that may not log in (appendix A)."""


class Postgres:
    """One open connection. Use :func:`connected`."""

    def __init__(self, connection: pg8000.native.Connection) -> None:
        self._connection = connection

    def read_replica(self, database: str) -> ReplicaReading:
        """Replication state of this server; all times are by its own clock."""
        row = self._run(_READ_REPLICA)[0]
        return ReplicaReading(
            database=database,
            in_recovery=row[0],
            read_at=row[1],
            last_replay_at=row[2],
            heartbeat_at=row[3],
            heartbeat_epoch=row[4],
            receiving=row[5],
            received_at=row[6],
        )

    def beat(self, region: str) -> int | None:
        """Write one heartbeat where this region is the authority and the server is writable.

        Returns its number, or None where there was nothing to write: a replica, or a deposed primary.
        """
        if self._in_recovery():
            return None
        rows = self._run(_WRITE_HEARTBEAT, region=region)
        return int(rows[0][0]) if rows else None

    def prove(self, database: str, incident: str, region: str, epoch: int) -> WriteProof:
        """Take authority for ``region`` and write a row that only this incident could write; then read it back."""
        if self._in_recovery():
            return WriteProof(database=database, written=False, in_recovery=True)
        try:
            self._run("begin")
            self._run(_CLAIM, region=region, epoch=epoch)
            self._run(_PROVE, incident=incident, epoch=epoch)
            self._run("commit")
        except pg8000.exceptions.DatabaseError as refusal:
            return WriteProof(database=database, written=False, in_recovery=False, error=_sentence(refusal))
        found = self._run(
            "select p.epoch, a.epoch from lyo_dr.proof p, lyo_dr.authority a where p.incident = :incident",
            incident=incident,
        )
        written = bool(found) and found[0][0] == epoch
        return WriteProof(database=database, written=written, in_recovery=False, epoch=found[0][1] if found else None)

    def rows(self, sql: str, **values: Any) -> list[list[Any]]:
        """Run a query of the plan or of another adapter. Raises pg8000.exceptions.DatabaseError."""
        return self._run(sql, **values)

    def limit(self, seconds: float) -> None:
        """From now on the server cancels a statement after so long, whatever its parameter group says (SQLSTATE 57014).

        Other than a time-out of the connection, it leaves the connection usable.
        """
        milliseconds = str(max(1, round(seconds * 1000)))
        self._run("select set_config('statement_timeout', :milliseconds, false)", milliseconds=milliseconds)

    def close_to_app(self, database: str, epoch: int) -> Closure:
        """Lock the app's users out of a deposed database, then end their sessions.

        In this order, each in a transaction of its own: a session that came in between is ended, too.
        """
        reason = str(self._run("select lyo_dr.close_to_app(:epoch)", epoch=epoch)[0][0])
        if reason == "closed":
            ended = int(self._run("select lyo_dr.end_app_sessions(:epoch)", epoch=epoch)[0][0])
            return Closure(database=database, closed=True, reason=reason, ended=ended)
        return Closure(database=database, closed=reason == "in recovery", reason=reason)

    def open_to_app(self, epoch: int) -> str:
        """Let the app's users in again, where this epoch is the database's own; what was done, in a few words.

        A refusal is no more than words either: whether the app gets in is seen when the app is asked.
        """
        try:
            return str(self._run("select lyo_dr.open_to_app(:epoch)", epoch=epoch)[0][0])
        except pg8000.exceptions.DatabaseError as refusal:
            return f"not opened: {_sentence(refusal)}"

    def missing_rights(self, of: str, compared_with: str) -> list[str]:
        """Rights on tables that one user has and another has not, five at most, such as ``insert on lyo_users``."""
        return [f"{row[0]} on {row[1]}" for row in self._run(_MISSING_RIGHTS, lacking=of, having=compared_with)]

    def set_app_password(self, user: str, verifier: str, epoch: int) -> str:
        """``set``, or in a few words why not: the database itself knows the app's users and its newest epoch."""
        sql = "select lyo_dr.set_app_password(cast(:name as name), :verifier, :epoch)"
        return str(self._run(sql, name=user, verifier=verifier, epoch=epoch)[0][0])

    def end_sessions_of(self, user: str, epoch: int) -> int:
        """End every session of an app's user; how many there were."""
        sql = "select lyo_dr.end_sessions_of(cast(:name as name), :epoch)"
        return int(self._run(sql, name=user, epoch=epoch)[0][0])

    def _in_recovery(self) -> bool:
        return bool(self._run("select pg_is_in_recovery()")[0][0])

    def _run(self, sql: str, **values: Any) -> list[list[Any]]:
        return self._connection.run(sql, **values) or []


@contextmanager
def connected(login: SqlLogin, seconds: float) -> Iterator[Postgres]:
    """A connection whose every wait, connecting included, ends after ``seconds``. Raises DatabaseUnreachable."""
    connection = None
    try:
        connection = _connect(login, seconds)
        # Rows that row security withholds look like rows that are not there: with this they are an error.
        connection.run("set row_security = off")
        yield Postgres(connection)
    except (pg8000.exceptions.Error, OSError) as silence:
        # "from None": a driver's message may repeat parts of the connection parameters.
        sentence = f"database at {_place(login)}: {_sentence(silence)}"
        raise DatabaseUnreachable(sentence, state_of(silence)) from None
    finally:
        if connection is not None:
            _close(connection)


def try_login(login: SqlLogin, seconds: float) -> LoginTry:
    """Log in, run one query, and disconnect. Never raises: the database's response is the result."""
    try:
        connection = _connect(login, seconds)
    except (pg8000.exceptions.Error, OSError) as refusal:
        return LoginTry(accepted=False, refused=state_of(refusal) in _WRONG_LOGIN, reason=_sentence(refusal))
    _close(connection)
    return LoginTry(accepted=True)


def _connect(login: SqlLogin, seconds: float) -> pg8000.native.Connection:
    """Connect. Raises pg8000.exceptions.Error and OSError only.

    A host or password that has no encoding, or none SCRAM allows, ends in a ValueError or an error of SCRAM's own, some
    of which quote it; a port out of range in an OverflowError.
    """
    try:
        return pg8000.native.Connection(
            login.username,
            host=login.host,
            port=login.port,
            database=login.dbname,
            password=login.password,
            timeout=seconds,
            ssl_context=_tls(login),
            application_name="lyo-dr",
        )
    except (ValueError, OverflowError, ScramException) as unfit:
        raise pg8000.exceptions.InterfaceError(type(unfit).__name__) from None


def _close(connection: pg8000.native.Connection) -> None:
    try:
        connection.close()
    except (pg8000.exceptions.Error, OSError):
        return


def _tls(login: SqlLogin) -> ssl.SSLContext | None:
    """Verified when the secret brings the authority's certificates; encrypted in any case unless switched off."""
    if not login.tls:
        return None
    context = ssl.create_default_context(cadata=login.ca)
    if login.ca is None:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _place(login: SqlLogin) -> str:
    """Host and port, where the host is sure to be one: a person may have put a password in its place."""
    try:
        ipaddress.ip_address(login.host)
    except ValueError:
        if not login.host.endswith((".amazonaws.com", ".amazonaws.com.cn")):
            return "the host in its secret"
    return f"{login.host}:{login.port}"


def _sentence(refusal: BaseException) -> str:
    """Class and SQLSTATE only: server messages may quote data."""
    state = state_of(refusal)
    return f"{type(refusal).__name__} {told(refusal)}" if state else type(refusal).__name__


def told(refusal: BaseException) -> str:
    """The SQLSTATE, and where it has several causes, which one: the same one for a missing right and row security.

    The routine of the server that refused (field R of an ErrorResponse) is in no language, other than its message.
    """
    state, detail = state_of(refusal) or "", refusal.args[0] if refusal.args else None
    hidden = isinstance(detail, dict) and detail.get("R") == "check_enable_rls"
    return f"{state} (row security withholds rows from this user)" if hidden else state


def state_of(refusal: BaseException) -> str | None:
    """The SQLSTATE of a server that refused, or None."""
    detail = refusal.args[0] if refusal.args else None
    return detail.get("C") if isinstance(detail, dict) else None
