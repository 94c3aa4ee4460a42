"""What every server of one run shares."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local_aws.data_plane.processes import Spawner, run
from local_aws.rds import binaries


@dataclass
class PostgresHome:
    """Where the servers live, who starts processes, and the password of the administrator."""

    directory: Path
    spawner: Spawner
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    def run(self, tool: str, *arguments: str, log: Path, **env: str) -> None:
        """Run one of PostgreSQL's programs; raises ProcessError."""
        programs = binaries.bin_dir()
        self._run([str(programs / tool), *arguments], log, {"PGPASSWORD": self.password, **env})

    def copy(self, source: Path, target: Path, log: Path, *options: str) -> None:
        """Copy a directory as PostgreSQL's user, who then owns the copy; raises ProcessError."""
        self._run(["cp", "-R", *options, str(source), str(target)], log, {})

    def _run(self, command: list[str], log: Path, env: Mapping[str, str]) -> None:
        environment = {**binaries.environment(binaries.bin_dir()), **env}
        run(command, self.spawner, env=environment, owner=binaries.owner(), log=log)
