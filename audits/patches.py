"""``python -m audits.patches [NAME ...]``: leave each patch of ministack out; its tests must fail.

A patch whose absence nobody notices is either not needed any more, or not tested. Exit code 0: each is noticed. 1:
one is not.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

from drills.world.synth import ROOT
from local_aws import patches
from local_aws.settings import WITHOUT

_DEADLINE_SECONDS = 400
_PAGE = ROOT / "docs" / "local-aws.md"
_FAILED = 1


def main(names: list[str]) -> int:
    """Try the patches, or those named. Returns the exit code."""
    unnoticed = []
    for name in names or patches.NAMES:
        begun = time.monotonic()
        noticed = is_noticed(name)
        sys.stdout.write(f"{name}: {'noticed' if noticed else 'NOT NOTICED'} ({time.monotonic() - begun:.0f} s)\n")
        sys.stdout.flush()
        if not noticed:
            unnoticed.append(name)
    return 1 if unnoticed else 0


def is_noticed(name: str) -> bool:
    """Whether a test fails without the patch. A local AWS that does not even start counts, and so does a hang."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests_of(name)]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'lambdas'}{os.pathsep}{ROOT}", WITHOUT: name}
    try:
        ended = subprocess.run(  # noqa: S603 - our own interpreter and arguments
            command, cwd=ROOT, env=environment, capture_output=True, timeout=_DEADLINE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    return ended.returncode == _FAILED


def tests_of(name: str) -> list[str]:
    """Return the tests that the patch's row in docs/local-aws.md names."""
    row = re.search(rf"^\| `{name}` \|.*$", _PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    if row is None:
        raise ValueError(f"docs/local-aws.md has no row for the patch {name}")
    return re.findall(r"`(tests/[\w/]+\.py)`", row[0])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
