"""Copies of a running server: base backups, and the replicas made from one."""

import hashlib
import itertools
from pathlib import Path

from rehearsal.data.server import ADMIN, Server

_LONGEST_NAME = 63
_NUMBERS = itertools.count(1)


def base_backup(server: Server) -> Path:
    """Copy a running server and return the copy's directory; raises ProcessError."""
    copy = server.directory / f"backup-{next(_NUMBERS)}"
    _copy(server, copy, server.port)
    return copy


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


def _copy(owner: Server, target: Path, port: int, *options: str, application: str = "backup") -> None:
    source = f"host=127.0.0.1 port={port} user={ADMIN} application_name={application}"
    fast = ["-X", "stream", "-c", "fast", "--no-sync", "--no-manifest"]
    owner.site.run("pg_basebackup", "-d", source, "-D", str(target), *fast, *options, log=owner.log)
