"""Copies of a running server: base backups, and the replicas made from one."""

import itertools
from pathlib import Path

from rehearsal.data.server import ADMIN, Server

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
    """The name of the replication slot that keeps the log for a replica."""
    return "replica_" + "".join(letter if letter.isalnum() else "_" for letter in name.lower())


def _copy(owner: Server, target: Path, port: int, *options: str, application: str = "backup") -> None:
    source = f"host=127.0.0.1 port={port} user={ADMIN} application_name={application}"
    fast = ["-X", "stream", "-c", "fast", "--no-sync", "--no-manifest"]
    owner.site.run("pg_basebackup", "-d", source, "-D", str(target), *fast, *options, log=owner.log)
