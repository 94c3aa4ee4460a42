"""One real PostgreSQL server: created, started, promoted, frozen, killed."""

import contextlib
import ctypes
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from local_aws.data_plane.processes import ProcessError, alive, end, family, tail, wait_until
from local_aws.ports import free_port
from local_aws.rds import binaries
from local_aws.rds.archive import Archive
from local_aws.rds.parameters import STATIC
from local_aws.rds.postgres_home import PostgresHome

ADMIN = "rdsadmin"
_LIBC = ctypes.CDLL(None, use_errno=True)
_IPC_RMID = 0
_PID_LINE, _MEMORY_LINE, _STATUS_LINE = 0, 6, 7

_ACCESS = """\
host all all 127.0.0.1/32 scram-sha-256
host replication all 127.0.0.1/32 scram-sha-256
"""
_SETTINGS: dict[str, str | int] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "wal_level": "replica",
    "archive_mode": "on",
    # How far the last restorable moment is behind; five minutes on AWS. Each segment is 1 MB.
    "archive_timeout": "4s",
    "hot_standby": "on",
    "max_wal_senders": 10,
    "max_replication_slots": 10,
    "max_slot_wal_keep_size": "256MB",
    "max_connections": 60,
    "shared_buffers": "32MB",
    "dynamic_shared_memory_type": "mmap",  # files in the data directory: they go with it, even after SIGKILL
    "min_wal_size": "8MB",
    "max_wal_size": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "wal_receiver_status_interval": "1s",
    # With the default of 5 s a promotion within milliseconds of the primary's death stalls for 5 s.
    "wal_retrieve_retry_interval": "100ms",
    # Processes die here, which leaves the page cache alone; slow disks are not emulated.
    "fsync": "off",
}


class Server:
    """A server in its own directory. It listens on ``port`` of 127.0.0.1, for as long as it has its name."""

    def __init__(self, home: PostgresHome, name: str) -> None:
        self.name = name
        self.port = free_port()
        self.home = home
        self.parameters: dict[str, str] = dict(STATIC)
        """Static parameters of its group, in force from the next start on."""
        self.directory = binaries.own_directory(home.directory / name)
        self.data = self.directory / "data"
        self.log = self.directory / "log"
        self.archive = Archive(home, binaries.own_directory(self.directory / "archive"))
        self._process: subprocess.Popen[bytes] | None = None

    def create(self) -> None:
        """Initialise an empty database cluster and start it; raises ProcessError."""
        password_file = self.directory / "password"
        password_file.write_text(self.home.password)
        binaries.give(password_file)
        options = ["--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8", "--no-locale", "--no-sync"]
        self.home.run("initdb", "-D", str(self.data), "-U", ADMIN, *options, "--wal-segsize=1", log=self.log)
        password_file.unlink()
        self.configure()
        self.start()

    def configure(self, recovery: Mapping[str, str] | None = None) -> None:
        """Write this server's settings and access rules; they take effect when it starts."""
        own = {"port": self.port, "archive_command": self.archive.command}
        settings = {**_SETTINGS, **self.parameters, **own, **(recovery or {})}
        lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
        for name, text in (("postgresql.conf", "".join(lines)), ("pg_hba.conf", _ACCESS)):
            (self.data / name).write_text(text)
            binaries.give(self.data / name)

    def start(self, seconds: float = 30.0) -> None:
        """Start the server and wait until it accepts connections; raises ProcessError."""
        # The postmaster is our own child: started by pg_ctl it would stay a zombie after SIGKILL and block a restart.
        programs = binaries.bin_dir()
        self._process = self.home.spawner.start(
            [str(programs / "postgres"), "-D", str(self.data)],
            env=binaries.environment(programs),
            log=self.log,
            owner=binaries.owner(),
        )
        try:
            wait_until(self._started, seconds, f"the start of database {self.name}")
        except ProcessError:
            self.kill()
            raise

    @property
    def pid(self) -> int | None:
        """The postmaster's process id while it runs."""
        return self._process.pid if self._process is not None and alive(self._process) else None

    def tune(self, settings: Mapping[str, str]) -> None:
        """Put settings in front of those of :meth:`configure`, in copies, too; they take effect at the next start."""
        with self.connect() as connection:
            for name, value in settings.items():
                statement = sql.SQL("alter system set {} = {}")
                connection.execute(statement.format(sql.Identifier(name), sql.Literal(value)))

    def reset(self, setting: str) -> None:
        """Take back what :meth:`tune` has put in front, at once."""
        with self.connect() as connection:
            connection.execute(sql.SQL("alter system reset {}").format(sql.Identifier(setting)))
            connection.execute("select pg_reload_conf()")

    def stop(self) -> None:
        """Shut down in an orderly way (10 s, then by force)."""
        if self._process is not None and alive(self._process):
            self._process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(10)
        self.kill()

    def move(self) -> None:
        """Restart on another port, as an instance that is renamed gets another address; raises ProcessError."""
        self.stop()
        self.port = free_port()
        self.configure()
        self.start()

    def freeze(self) -> list[int]:
        """Stop the clock of all its processes and return them: connections stay open without an answer."""
        # The postmaster first, so that it cannot start a process after its children were listed.
        self._signal([self.pid] if self.pid else [], signal.SIGSTOP)
        pids = self._family()
        self._signal(pids, signal.SIGSTOP)
        return pids

    def thaw(self) -> None:
        """Let frozen processes go on."""
        self._signal(reversed(self._family()), signal.SIGCONT)

    def kill(self) -> None:
        """Lose the server at one instant, as a lost region does."""
        # SIGKILL of the postmaster alone lets its children send and acknowledge for some more milliseconds.
        if self._process is None:
            return
        end(reversed(self.freeze()), self._process)
        release_memory(self.data)
        self._process = None

    def connect(self, *, seconds: int = 3, database: str = "postgres") -> "psycopg.Connection[Any]":
        """A connection as the administrator, in autocommit mode, made within ``seconds``; raises psycopg.Error."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=ADMIN,
            password=self.home.password,
            dbname=database,
            connect_timeout=seconds,
            autocommit=True,
            options="-c statement_timeout=65000",  # a promotion may take 60 s
        )

    def value(self, query: str) -> Any:
        """The first column of the first row, None without a row; raises psycopg.Error."""
        with self.connect() as connection:
            row = connection.execute(sql.SQL(query)).fetchone()
        return row[0] if row else None

    def _started(self) -> bool:
        if self._process is None or not alive(self._process):
            raise ProcessError(f"database {self.name} ended while starting: {tail(self.log)}")
        lines = _pid_file(self.data)
        ours = len(lines) > _STATUS_LINE and lines[_PID_LINE].strip() == str(self._process.pid)
        return ours and lines[_STATUS_LINE].strip() == "ready"

    def _family(self) -> list[int]:
        return family(self.pid) if self.pid else []

    @staticmethod
    def _signal(pids: Any, number: signal.Signals) -> None:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)


def release_memory(data: Path) -> None:
    """Remove the shared memory of a server that was killed; ``data`` is its data directory."""
    # A killed postmaster leaves a few bytes of System V shared memory behind, which nothing else would ever remove.
    fields = (_pid_file(data) + [""] * _STATUS_LINE)[_MEMORY_LINE].split()
    if len(fields) == 2:
        _LIBC.shmctl(int(fields[1]), _IPC_RMID, None)


def _pid_file(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text().split("\n")
    except OSError:
        return []
