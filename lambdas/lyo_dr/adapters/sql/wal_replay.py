"""WAL replay of a standby: pause, resume, and position. Used by the SQL functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pg8000.exceptions

from lyo_dr.adapters.sql.postgres import Postgres
from lyo_dr.model.delayed_replica import Advance, Replay

_READ = """
select clock_timestamp(), pg_is_in_recovery(),
       case when pg_is_in_recovery() then pg_get_wal_replay_pause_state() else '' end,
       greatest(pg_last_xact_replay_timestamp(), (select at from lyo_dr.heartbeat)),
       (select setting::float8 / 1000 from pg_settings where name = 'recovery_min_apply_delay')
"""


def read_replay(postgres: Postgres, said: str = "") -> Replay:
    """How far it is. The setting of a delay is in milliseconds."""
    at, in_recovery, state, replayed_to, delay = postgres.rows(_READ)[0]
    return Replay(at=at, in_recovery=in_recovery, state=state, replayed_to=replayed_to, delay_seconds=delay, said=said)


def read_replay_within(postgres: Postgres, seconds: float) -> Replay | None:
    """The same; None if there was no time for it, since it reads a table, too."""
    try:
        postgres.limit(seconds)
        return read_replay(postgres)
    except pg8000.exceptions.DatabaseError:
        return None


def hold_replay(postgres: Postgres, epoch: int, *, held: bool) -> Replay:
    """Pause or resume replay; idempotent. A primary is not changed."""
    try:
        said = str(postgres.rows("select lyo_dr.hold_replay(:held, :epoch)", held=held, epoch=epoch)[0][0])
    except pg8000.exceptions.DatabaseError:
        said = "the database was onboarded without lyo_dr.hold_replay, or its owner may not pause"
    return read_replay(postgres, said)


def wind_replay(postgres: Postgres, epoch: int, winding: Advance, sleep: Callable[[float], None]) -> Replay:
    """Resume replay briefly, as close to the damage as the effective delay allows, and pause it again.

    A commit is replayed once the replica's clock is past its time by the delay: what was committed before now minus
    the delay comes, what was committed later does not. Nothing is begun under another delay, or when it is too late.
    """
    before = hold_replay(postgres, epoch, held=True)
    if before.at is None or before.delay_seconds != winding.delay_ms / 1000:
        return before
    horizon = before.at - timedelta(milliseconds=winding.delay_ms)
    left = min(winding.seconds, (winding.until - horizon).total_seconds())
    if left <= 0:
        return before
    try:
        hold_replay(postgres, epoch, held=False)
        sleep(left)
    finally:
        after = hold_replay(postgres, epoch, held=True)
    return after
