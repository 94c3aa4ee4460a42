"""``python -m audits.patches [NAME ...]``: leave each patch of ministack out; its tests must fail.

A patch whose absence nobody notices is either not needed any more, or not tested. The test that noticed last
(``audits/results/patches.json``) is asked first, and all tests of the patch's row if it does not notice any more. With
``--quick``, as CI runs it, a sample is tried: every day the next ones of the list, as many as took ``--seconds`` of CPU
together when they were measured. Their names are printed, and ``--day`` repeats those of a day. Exit code 0: each is
noticed. 1: one is not.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from audits.kept import cpu_seconds, keep, read_kept
from drills.world.synth import ROOT
from local_aws import patches
from local_aws.settings import WITHOUT

_DEADLINE_SECONDS = 400
_SAMPLE_SECONDS = 60.0
_UNMEASURED_SECONDS = 20.0
_PAGE = ROOT / "docs" / "local-aws.md"
_FAILED = 1
HANG = "(it did not end)"


def main(arguments: Sequence[str]) -> int:
    """Try the patches, a sample of them, or those named. Returns the exit code."""
    given = _parser().parse_args(arguments)
    kept: dict[str, Any] = read_kept("patches").get("patches", {})
    names = given.names or (sample(kept, given.day, given.seconds) if given.quick else list(patches.NAMES))
    if given.quick:
        _say(f"{len(names)} of {len(patches.NAMES)} patches, those of day {given.day}: {', '.join(names)}")
    rows = {name: _tried(name, kept.get(name, {})) for name in names}
    if not given.quick:
        now = {name: rows.get(name, kept.get(name)) for name in patches.NAMES}
        keep("patches", {"patches": {name: row for name, row in now.items() if row is not None}})
    return 0 if all(row["noticed_by"] for row in rows.values()) else 1


def sample(kept: Mapping[str, Mapping[str, Any]], day: int, seconds: float) -> list[str]:
    """The patches of a day, at least one: the list goes round, and each day begins where the one before it ended."""
    days, left = [[]], seconds  # type: list[list[str]], float
    for name in patches.NAMES:
        takes = float(kept.get(name, {}).get("seconds", _UNMEASURED_SECONDS))
        if days[-1] and takes > left:
            days.append([])
            left = seconds
        days[-1].append(name)
        left -= takes
    return days[day % len(days)]


def noticed_by(name: str, tests: Sequence[str]) -> str | None:
    """The first of these tests that fails without the patch, or None.

    A local AWS that does not even start counts, and so does a hang.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'lambdas'}{os.pathsep}{ROOT}", WITHOUT: name}
    try:
        ended = subprocess.run(  # noqa: S603 - our own interpreter and arguments
            command,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_DEADLINE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return HANG
    if ended.returncode != _FAILED:
        return None
    found = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", ended.stdout, re.MULTILINE)
    return found[1] if found else tests[0]


def tests_of(name: str) -> list[str]:
    """Return the tests that the patch's row in docs/local-aws.md names."""
    row = re.search(rf"^\| `{name}` \|.*$", _PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    if row is None:
        raise ValueError(f"docs/local-aws.md has no row for the patch {name}")
    return re.findall(r"`(tests/[\w/]+\.py)`", row[0])


def _tried(name: str, before: Mapping[str, Any]) -> dict[str, Any]:
    begun, witness = cpu_seconds(), before.get("noticed_by", HANG)
    found = None if witness == HANG else noticed_by(name, [witness])
    found = found or noticed_by(name, tests_of(name))
    seconds = cpu_seconds() - begun
    _say(f"{name}: {'NOT NOTICED' if found is None else f'noticed by {found}'} ({seconds:.0f} s)")
    return {"noticed_by": found or "", "seconds": round(seconds, 1)}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="audits.patches", description="Leave each patch of ministack out.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="patches; without any, all")
    parser.add_argument("--quick", action="store_true", help="a sample that changes every day; nothing is written")
    parser.add_argument("--day", type=int, default=datetime.now(UTC).toordinal(), help="the day of the sample")
    parser.add_argument("--seconds", type=float, default=_SAMPLE_SECONDS, help="of CPU, for the sample")
    return parser


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
