"""Leaving recovery: by PostgreSQL's own promotion, or where a delayed replica was held.

AWS describes delayed replicas as promoted "before a problematic operation is applied" (AWS Database Blog, "Using
delayed read replicas for Amazon RDS for PostgreSQL disaster recovery") and does not say what becomes of log that was
received and not replayed. PostgreSQL's own promotion replays all of it, held or not (measured, docs/adr/0046; manual,
"Recovery Control Functions": "If a promotion is triggered while recovery is paused, the paused state ends and a
promotion continues"). **Assumed** here, and nowhere else: RDS ends where replay was held. The fault
``promotion_replays`` lets it be otherwise.
"""

from __future__ import annotations

from local_aws.data_plane.processes import ProcessError, wait_until
from local_aws.rds.postgres_server import Server

_SECONDS = 60
_HELD = """
select pg_last_wal_replay_lsn()::text from pg_get_wal_replay_pause_state() as state
where state <> 'not paused' and pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn()
"""


def promote(server: Server, *, replays_all: bool = False) -> None:
    """Make a replica a primary of its own; raises ProcessError when it stays in recovery for 60 s."""
    held_at = None if replays_all else server.value(_HELD)
    server.reset("recovery_min_apply_delay")  # a backup taken of it later would be restored as slowly
    if held_at is not None:
        _end_at(server, str(held_at))
    elif not server.value(f"select pg_promote(true, {_SECONDS})"):
        raise ProcessError(f"database {server.name} did not leave recovery within {_SECONDS} s")


def _end_at(server: Server, lsn: str) -> None:
    """Started again, it replays to the place where it was held and not one record more, and ends its recovery there."""
    server.stop()
    server.configure(
        {"recovery_target_lsn": lsn, "recovery_target_inclusive": "off", "recovery_target_action": "promote"}
    )
    server.start(_SECONDS)
    wait_until(lambda: server.value("select pg_is_in_recovery()") is False, _SECONDS, f"the promotion of {server.name}")
    server.configure()
