"""The automated backups of one instance: base backups, and the archived log since the first of them."""

import contextlib
import os
import re
import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from local_aws.data_plane.processes import ProcessError
from local_aws.rds import binaries
from local_aws.rds.postgres_home import PostgresHome

_SEGMENT = re.compile(r"[0-9A-F]{24}")
_COMMIT = re.compile(r"COMMIT(?: PREPARED)? (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?) UTC")
_MICROSECOND = timedelta(microseconds=1)


class Archive:
    """Every instance has one of its own: a clone's timeline in its source's archive would divert later restores."""

    def __init__(self, home: PostgresHome, directory: Path) -> None:
        self.home = home
        self.bases = binaries.own_directory(directory / "bases")
        self.wal = binaries.own_directory(directory / "wal")
        self._commits: dict[str, datetime | None] = {}

    @property
    def command(self) -> str:
        """The ``archive_command``: atomic, and content with a segment that is there already."""
        kept, made = self.wal / "%f", self.wal / ".%f"
        return f"test -f {kept} || (cp %p {made} && mv {made} {kept})"

    @property
    def fetch(self) -> str:
        """The ``restore_command``."""
        return f"cp {self.wal}/%f %p"

    def new_base(self) -> Path:
        """Where a base backup is to be made; ``keep`` it when it is finished."""
        made = self.bases / ".made"
        shutil.rmtree(made, ignore_errors=True)  # one that was never finished
        return made

    def keep(self, base: Path) -> Path:
        """Keep a finished base backup under the moment at which it was finished."""
        kept = self.bases / str(int(datetime.now(UTC).timestamp() * 1_000_000))
        base.rename(kept)
        return kept

    @property
    def earliest(self) -> datetime | None:
        """The first moment that can be restored, in whole seconds; None before the first base backup."""
        bases = self._bases()
        return _finished(bases[0]).replace(microsecond=0) + timedelta(seconds=1) if bases else None

    @property
    def latest(self) -> datetime | None:
        """The last moment that can be restored, in whole seconds: just before the last commit in the archived log.

        None while no commit after the first base backup is archived.
        """
        earliest = self.earliest
        for segment in reversed(self._segments()):
            if committed := self._last_commit(segment):
                latest = (committed - _MICROSECOND).replace(microsecond=0)
                return latest if earliest and latest >= earliest else None
        return None

    def base_before(self, at: datetime | None) -> Path:
        """The newest base backup finished at ``at``, or of all; raises ProcessError where there is none."""
        fitting = [base for base in self._bases() if at is None or _finished(base) <= at]
        if not fitting:
            raise ProcessError(f"no base backup was finished before {at}")
        return fitting[-1]

    def ship(self, to: "Archive") -> None:
        """Bring another archive up to date with this one; log files become links, for none is ever changed."""
        present = {path.name for path in to.wal.iterdir()}
        for path in sorted(self.wal.iterdir()):
            if path.name not in present and not path.name.startswith("."):
                os.link(path, to.wal / path.name)
        for base in self._bases():
            if not (to.bases / base.name).exists():
                made = to.new_base()
                self.home.copy(base, made, to.bases.parent / "copies", "-p")
                made.rename(to.bases / base.name)

    def _bases(self) -> list[Path]:
        return sorted(path for path in self.bases.iterdir() if path.name.isdigit())

    def _segments(self) -> list[str]:
        return sorted(path.name for path in self.wal.iterdir() if _SEGMENT.fullmatch(path.name))

    def _last_commit(self, segment: str) -> datetime | None:
        if segment not in self._commits:
            self._commits[segment] = self._read(segment)
        return self._commits[segment]

    def _read(self, segment: str) -> datetime | None:
        with tempfile.TemporaryDirectory() as directory:
            output = Path(directory) / "output"
            # It ends with 1 where a record goes on in the next segment, which is no failure.
            with contextlib.suppress(ProcessError):
                self.home.run("pg_waldump", "-p", str(self.wal), "--rmgr=Transaction", segment, segment, log=output)
            found = _COMMIT.findall(output.read_text(errors="replace")) if output.exists() else []
        return datetime.fromisoformat(found[-1]).replace(tzinfo=UTC) if found else None


def _finished(base: Path) -> datetime:
    return datetime.fromtimestamp(int(base.name) / 1_000_000, UTC)
