"""Copies of a running server: base backups, the servers restored from them, and replicas."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from local_aws.data_plane.processes import ProcessError, tail, wait_until
from local_aws.rds import binaries
from local_aws.rds.archive import Archive
from local_aws.rds.postgres_server import ADMIN, Server

_LONGEST_NAME = 63
_RECOVERY_SECONDS = 60.0


def base_backup(server: Server) -> Path:
    """Copy a running server into its archive and return the copy's directory; raises ProcessError."""
    copy = server.archive.new_base()
    _copy(server, copy, server.port)
    return server.archive.keep(copy)


def snapshot(server: Server, target: Path) -> None:
    """Copy a running server into ``target``, for nothing but itself; raises ProcessError."""
    _copy(server, target, server.port)


def from_snapshot(server: Server, copy: Path) -> None:
    """Start ``server`` with the state of a copy; raises ProcessError."""
    _clone(server, copy)
    server.configure()
    server.start()


def from_archive(server: Server, archive: Archive, at: datetime | None) -> None:
    """Start ``server`` with the state of a moment, None for the last one there is; raises ProcessError."""
    _clone(server, archive.base_before(at))
    signal = server.data / "recovery.signal"
    signal.touch()
    binaries.give(signal)
    recovery = {
        "restore_command": archive.fetch,
        "recovery_target_timeline": "latest",
        "recovery_target_action": "promote",
    }
    if at is not None:
        recovery["recovery_target_time"] = at.astimezone(UTC).isoformat()
    server.configure(recovery)
    server.start(_RECOVERY_SECONDS)
    wait_until(lambda: _recovered(server), _RECOVERY_SECONDS, f"the recovery of database {server.name}")
    server.configure()


def make_replica(replica: Server, through_port: int) -> None:
    """Copy the server behind ``through_port`` into ``replica``, which then follows it; raises ProcessError."""
    _copy(replica, replica.data, through_port, "-R", "-C", "-S", slot_of(replica.name), application=replica.name)
    replica.configure()
    replica.start()


def slot_of(name: str) -> str:
    """The name of the replication slot that keeps the log for a replica; PostgreSQL would cut a longer one."""
    slot = "replica_" + "".join(letter if letter.isalnum() else "_" for letter in name.lower())
    if len(slot) <= _LONGEST_NAME:
        return slot
    return f"{slot[: _LONGEST_NAME - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _clone(server: Server, copy: Path) -> None:
    server.home.copy(copy, server.data, server.log, "-p")
    # A copy of a replica would go on following.
    (server.data / "standby.signal").unlink(missing_ok=True)


def _recovered(server: Server) -> bool:
    if server.pid is None:
        raise ProcessError(f"database {server.name} ended in its recovery: {tail(server.log)}")
    return server.value("select pg_is_in_recovery()") is False


def _copy(owner: Server, target: Path, port: int, *options: str, application: str = "backup") -> None:
    source = f"host=127.0.0.1 port={port} user={ADMIN} application_name={application}"
    fast = ["-X", "stream", "-c", "fast", "--no-sync", "--no-manifest"]
    owner.home.run("pg_basebackup", "-d", source, "-D", str(target), *fast, *options, log=owner.log)
