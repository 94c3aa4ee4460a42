"""The databases of all regions: servers, the relays between them, and what may go wrong."""

import contextlib
import itertools
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from local_aws.data_plane.processes import ProcessError, wait_until
from local_aws.rds.archive import Archive
from local_aws.rds.backup_replication import Shipping
from local_aws.rds.base_backups import base_backup, from_archive, from_snapshot, make_replica, slot_of, snapshot
from local_aws.rds.binaries import own_directory
from local_aws.rds.cold_volume import ColdVolume
from local_aws.rds.parameters import STATIC
from local_aws.rds.postgres_home import PostgresHome
from local_aws.rds.postgres_server import Server
from local_aws.rds.promotion import promote
from local_aws.rds.relay import Network, Relay

_STREAMING = "select count(*) from pg_stat_wal_receiver where status = 'streaming'"
# What the master user of RDS may do without being a superuser.
_MASTER_ROLES = ("pg_monitor", "pg_signal_backend", "pg_checkpoint", "pg_read_all_data")

# rds_superuser has EXECUTE on them and may grant it (RDS User Guide, "Configuring delayed replication ...").
_MASTER_FUNCTIONS = ("pg_wal_replay_pause", "pg_wal_replay_resume")


@dataclass(frozen=True)
class Key:
    """A database instance: its region and its identifier there."""

    region: str
    identifier: str

    def __str__(self) -> str:
        return f"{self.region}/{self.identifier}"


@dataclass(frozen=True)
class Master:
    """The master user of an instance and its first database, if any."""

    username: str
    password: str
    database: str | None

    def __repr__(self) -> str:
        """Never the password: this value may end up in an exception or a log."""
        return f"Master({self.username}, {self.database})"


class Databases:
    """All servers of the run. Methods raise ProcessError or psycopg.Error; they block until the work is done."""

    def __init__(self, home: PostgresHome) -> None:
        self.home = home
        self.network = Network()
        self.backup_replication = Shipping(self)
        self.servers: dict[Key, Server] = {}
        self.relays: dict[Key, Relay] = {}
        self.dead: set[str] = set()
        self.first_reading_seconds = 0.0
        """How long the first reading of each table takes in what is restored from now on."""
        self._cold: dict[Key, ColdVolume] = {}
        self.give_up: Callable[[Key], None] = lambda _key: None
        """Called with an instance that RDS cannot bring back."""
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def create(self, key: Key, master: Master, parameters: Mapping[str, str] = STATIC) -> None:
        """A new primary with its master user and first database."""
        server = self._new(key, parameters)
        server.create()
        user, password = sql.Identifier(master.username), sql.Literal(master.password)
        with server.connect() as connection:
            connection.execute(sql.SQL("create role {} login createdb createrole password {}").format(user, password))
            for role in _MASTER_ROLES:
                connection.execute(sql.SQL("grant {} to {} with admin option").format(sql.Identifier(role), user))
            if master.database:
                name = sql.Identifier(master.database)
                connection.execute(sql.SQL("create database {} owner {}").format(name, user))
        # Rights on functions are kept in each database.
        with server.connect(database=master.database or "postgres") as connection:
            for function in _MASTER_FUNCTIONS:
                granted = sql.SQL("grant execute on function {}() to {} with grant option")
                connection.execute(granted.format(sql.Identifier(function), user))

    def set_password(self, key: Key, username: str, password: str) -> None:
        """Change the master user's password."""
        with self.servers[key].connect() as connection:
            statement = sql.SQL("alter role {} password {}")
            connection.execute(statement.format(sql.Identifier(username), sql.Literal(password)))

    def replicate(self, key: Key, source: Key, parameters: Mapping[str, str] = STATIC) -> None:
        """A replica that streams from ``source`` through its own relay; returns once it streams."""
        replica = self._new(key, parameters)
        if source in self._cold:
            self._cold.pop(source).warm()
        relay = Relay(self.network, self.servers[source].port)
        self.relays[key] = relay
        make_replica(replica, relay.port)
        wait_until(lambda: self.streaming(key), 30, f"replication from {source} to {key}")

    def backup(self, key: Key) -> Path:
        """A base backup in the archive of the instance; the directory of the copy."""
        return base_backup(self.servers[key])

    def archive(self, key: Key) -> Archive | None:
        """The automated backups of an instance; None for one that is not (yet) there."""
        server = self.servers.get(key)
        return None if server is None else server.archive

    def snapshot(self, key: Key) -> Path:
        """A copy that outlives its instance; its directory."""
        target = own_directory(self.home.directory / "snapshots") / str(next(self._numbers))
        snapshot(self.servers[key], target)
        return target

    def restore(
        self,
        key: Key,
        backups: Path | Archive,
        at: datetime | None = None,
        parameters: Mapping[str, str] = STATIC,
    ) -> None:
        """A new primary from a snapshot, or from an archive with the state of a moment (None: the last one)."""
        server = self._new(key, parameters)
        if isinstance(backups, Archive):
            from_archive(server, backups, at)
        else:
            from_snapshot(server, backups)
        if self.first_reading_seconds:
            self._cold[key] = ColdVolume(server, self.first_reading_seconds)

    def rename(self, key: Key, name: Key) -> None:
        """Give an instance another name, and so another address; its replicas follow it there."""
        server = self.servers.pop(key)
        old = server.port
        self.servers[name] = server
        if key in self.relays:
            self.relays[name] = self.relays.pop(key)
        if key in self._cold:
            # It is started again on another port, by which its locks end.
            self._cold.pop(key).warm()
        server.move()
        for relay in self.relays.values():
            if relay.target_port == old:
                relay.target_port = server.port

    def delay(self, key: Key, milliseconds: int) -> None:
        """Let a replica replay so much later from now on."""
        server = self.servers[key]
        server.tune({"recovery_min_apply_delay": f"{milliseconds}ms"})
        with server.connect() as connection:
            connection.execute("select pg_reload_conf()")

    def promote(self, key: Key, *, replays_all: bool = False) -> None:
        """Make a replica a primary of its own; raises ProcessError when it stays in recovery for 60 s."""
        promote(self.servers[key], replays_all=replays_all)

    def release(self, key: Key, source: Key) -> None:
        """Let the source forget a former replica, if it is up; raises nothing."""
        relay = self.relays.pop(key, None)
        if relay is not None:
            relay.close()
        server = self.servers.get(source)
        if server is None or source.region in self.dead:
            return
        with contextlib.suppress(psycopg.Error), server.connect(seconds=1) as connection:
            slot = slot_of(self.servers[key].name)
            found = sql.SQL("from pg_replication_slots where slot_name = {} and not active").format(sql.Literal(slot))
            connection.execute(sql.SQL("select pg_drop_replication_slot(slot_name) {}").format(found))

    def streaming(self, key: Key) -> bool:
        """Whether a replica receives from its source right now; False when it cannot be asked."""
        server = self.servers.get(key)
        if server is None or server.pid is None:
            return False
        try:
            with server.connect(seconds=2) as connection:
                row = connection.execute(_STREAMING).fetchone()
                return bool(row and row[0])
        except psycopg.Error:
            return False

    def in_recovery(self, key: Key) -> bool | None:
        """Whether a server is read-only as a replica is; None when it cannot be asked."""
        server = self.servers.get(key)
        try:
            return None if server is None or server.pid is None else bool(server.value("select pg_is_in_recovery()"))
        except psycopg.Error:
            return None

    def remove(self, key: Key) -> None:
        """Delete a server and its files."""
        relay, server = self.relays.pop(key, None), self.servers.pop(key, None)
        self._cold.pop(key, None)
        if relay is not None:
            relay.close()
        if server is not None:
            server.kill()
            shutil.rmtree(server.directory, ignore_errors=True)

    def kill_region(self, region: str) -> None:
        """Lose all servers of a region at one instant, and every link from or to it."""
        self.dead.add(region)
        lost = self.of_region(region)
        for server in lost:
            server.freeze()
        for key, relay in list(self.relays.items()):
            relay.cut = relay.cut or key.region == region or relay.target_port in {server.port for server in lost}
        for server in lost:
            server.kill()

    def revive_region(self, region: str) -> None:
        """Start the region's servers on what is left on their disks, as after a blackout, and mend its links.

        Idempotent: a region that was not lost is left alone, and after a failure the next call resumes.
        """
        if region not in self.dead:
            return
        ours = self.of_region(region)
        for key, relay in list(self.relays.items()):
            if key.region == region or relay.target_port in {server.port for server in ours}:
                relay.cut = False
        for server in ours:
            if server.pid is None:
                server.start()
        self.dead.discard(region)

    def restart(self, key: Key, seconds: float) -> None:
        """Lose a server, and start it again on its port after so many seconds; its region must be alive by then."""
        server = self.servers[key]
        server.kill()
        time.sleep(seconds)
        if key.region not in self.dead:
            server.start()

    def reboot(self, key: Key, parameters: Mapping[str, str]) -> None:
        """Restart a server; what its parameter group says since is in force afterwards."""
        server = self.servers[key]
        server.parameters = dict(parameters)
        server.configure()
        self.restart(key, 0.0)

    def lose(self, key: Key) -> None:
        """Lose a server for good: it is not started again, and RDS calls its instance failed."""
        self.servers[key].kill()
        self.give_up(key)

    def of_region(self, region: str) -> list[Server]:
        """The servers of one region."""
        return [server for key, server in list(self.servers.items()) if key.region == region]

    def close(self) -> None:
        """Kill every server at once; their files are left to the owner of the directory."""
        self.backup_replication.close()
        for server in list(self.servers.values()):
            server.kill()
        self.network.close()

    def _new(self, key: Key, parameters: Mapping[str, str]) -> Server:
        with self._lock:
            if key in self.servers:
                raise ProcessError(f"database {key} exists already")
            # A name may be taken again once its first owner was renamed, but a directory may not.
            name = _name(key)
            taken = (self.home.directory / name).exists()
            server = Server(self.home, f"{name}-{next(self._numbers)}" if taken else name)
            server.parameters = dict(parameters)
            self.servers[key] = server
            return server


def _name(key: Key) -> str:
    return f"{key.region}-{key.identifier}"
