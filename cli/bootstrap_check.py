"""Requirements of ``make`` before anything is installed: run by any Python there is, so it is written for old ones.

Prints one sentence and exits with 2 when something is missing.
"""

# ruff: noqa: UP032 - an f-string would be a syntax error in some of the Pythons this has to refuse.

import os
import shutil
import sys

NEEDED_PYTHON = (3, 11)
NEEDED_BYTES = 2 * 10**9


def obstacle(version: "tuple[int, ...]", folder: str, free: int, has_venv: bool) -> "str | None":
    """Report the first missing requirement, or None. ``free`` in bytes."""
    if tuple(version[:2]) < NEEDED_PYTHON:
        return "{} is Python {}.{}, but 3.11 or newer is needed; install it, and run make PYTHON=python3.13".format(
            sys.executable, version[0], version[1]
        )
    if not has_venv:
        return "{} cannot create virtual environments; on Debian and Ubuntu: apt install python3-venv".format(
            sys.executable
        )
    if not os.access(folder, os.W_OK):
        return "{} is not writable; copy the project to a folder of your own".format(folder)
    if free < NEEDED_BYTES:
        return "{} has {:.1f} GB free, and setting up needs {:g} GB; free some, or use a copy elsewhere".format(
            folder, free / 1e9, NEEDED_BYTES / 1e9
        )
    return None


def _has_venv() -> bool:
    try:
        __import__("venv")
        __import__("ensurepip").version()
    except (ImportError, AttributeError, OSError):
        return False
    return True


def main() -> int:
    """Check this machine."""
    found = obstacle(tuple(sys.version_info[:2]), os.getcwd(), shutil.disk_usage(".").free, _has_venv())
    if found:
        sys.stderr.write("make: {}.\n".format(found))
    return 2 if found else 0


if __name__ == "__main__":
    sys.exit(main())
