"""``python -m audits.guard_mutations``: take each brake out of a copy of the code, and see which test notices.

A check that could be removed without anybody noticing is no check. Exit code 0: the tests pass on the code as it is,
and fail without each brake. 1: a brake is not missed, or the tests fail anyway.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

ROOT = Path(__file__).resolve().parents[1]
_COPIED = ("cli", "database", "docs", "lambdas", "audits", "drills", "local_aws", "stacks", "state_machines", "tests")
_FILES = ("app.py", "cdk.json", "plan.yaml", "pyproject.toml")
_SECONDS = 600.0


@dataclass(frozen=True)
class Safeguard:
    """A function that holds something back. Taken out, it does nothing and returns None, which lets everything pass."""

    name: str
    module: str
    function: str
    holds: str


BRAKES = (
    Safeguard("lease", "guards.py", "hold_lease", "whoever does not hold the lease changes nothing"),
    Safeguard("gate", "guards.py", "_check_gate", "without an open gate nothing irreversible is called"),
    Safeguard("epoch", "guards.py", "check_epoch", "what was decided in an older world changes nothing"),
    Safeguard("pause", "guards.py", "check_not_paused", "a paused automation changes nothing"),
    Safeguard(
        "veto", "decisions/common/agreement.py", "fresh", "a replica that hears its primary keeps it from being deposed"
    ),
    Safeguard(
        "turn",
        "decisions/incident/instance_triage.py",
        "_too_short",
        "a database in a failover between zones is not dead",
    ),
    Safeguard(
        "witness", "decisions/incident/instance_triage.py", "_alone", "nothing is restored on the word of one observer"
    ),
    Safeguard("wait", "decisions/incident/instance_triage.py", "_at_work", "what RDS is at work on is left to RDS"),
    Safeguard(
        "agreement",
        "decisions/failover/triage.py",
        "_too_short",
        "a region that has been silent for a moment is not lost",
    ),
    Safeguard("loss", "decisions/failover/gate.py", "_loss", "more loss than the RPO is not accepted by itself"),
    Safeguard("fence", "services/common/fences.py", "_stop", "the lost region is stopped if it still listens"),
    Safeguard("deposed", "decisions/keeper/deposed.py", "deposed_by", "a deposed region that comes back fences itself"),
    Safeguard(
        "answer",
        "decisions/common/consent.py",
        "check_answer",
        "an answer counts once, in time, and for these facts only",
    ),
    Safeguard(
        "number", "decisions/common/consent.py", "check_loss_covered", "a consent has to cover the loss that is stated"
    ),
    Safeguard(
        "key", "decisions/rotation/issued_keys.py", "same_as_before", "the leaked key, handed over again, is no new one"
    ),
    Safeguard(
        "block", "decisions/breach/blocking.py", "_why_not", "what is protected or absurdly wide is never blocked"
    ),
    Safeguard(
        "replay",
        "decisions/restore/reconciliation.py",
        "check_replay_answer",
        "what is given back is what a person was shown",
    ),
    Safeguard(
        "cooldown", "decisions/incident/admission.py", "_by_brakes", "soon after a recovery no alarm starts another one"
    ),
)


class NoSuchBrakeError(Exception):
    """A brake names a function that is not there: the list and the code have parted. One sentence."""


def without(source: str, function: str) -> str:
    """The source of a module in which ``function`` does nothing. Raises NoSuchBrakeError."""
    tree = ast.parse(source)
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function]
    if len(found) != 1:
        raise NoSuchBrakeError(
            f"there are {len(found)} functions called {function}; name one in audits/guard_mutations.py"
        )
    found[0].body = _nothing(found[0].returns)
    return ast.unparse(ast.fix_missing_locations(tree))


def _nothing(returns: ast.expr | None) -> list[ast.stmt]:
    """No value where one is returned, no values where several are yielded."""
    yields = returns is not None and "Iterator" in ast.unparse(returns)
    return [ast.Return(ast.parse("iter(())", mode="eval").body if yields else ast.Constant(None))]


def main() -> int:
    """Try them all; returns the exit code."""
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory(prefix="lyo-brakes-") as folder:
        copy = _copied(Path(folder) / "copy")
        if (failed := _first_failure(copy)) is not None:
            console.print(f"[bold red]The tests fail on the code as it is:[/bold red] {failed}")
            return 1
        unnoticed = [brake for brake in BRAKES if not _noticed(brake, copy, console)]
    console.print(f"{len(BRAKES) - len(unnoticed)} of {len(BRAKES)} brakes are missed when they are taken out")
    return 1 if unnoticed else 0


def _noticed(brake: Safeguard, copy: Path, console: Console) -> bool:
    path = copy / "lambdas" / "lyo_dr" / brake.module
    original = path.read_text(encoding="utf-8")
    path.write_text(without(original, brake.function), encoding="utf-8")
    try:
        failed = _first_failure(copy)
    finally:
        path.write_text(original, encoding="utf-8")
    said = f"[green]missed by[/green] {failed}" if failed else "[bold red]NOT MISSED[/bold red]"
    console.print(f"{brake.name:<8} {brake.holds}: {said}", soft_wrap=True)
    return failed is not None


def _first_failure(copy: Path) -> str | None:
    """The first test of a unit that fails, or None."""
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-n", "2", "tests/unit"],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if ended.returncode == 0:
        return None
    return next(_failures(ended.stdout), f"pytest ended with {ended.returncode}: {ended.stderr.strip()[-200:]}")


def _failures(output: str) -> Iterator[str]:
    for line in output.splitlines():
        if named := re.match(r"(?:FAILED|ERROR) (\S+)", line):
            yield named[1]


def _copied(copy: Path) -> Path:
    copy.mkdir()
    for name in _COPIED:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in _FILES:
        shutil.copyfile(ROOT / name, copy / name)
    return copy


if __name__ == "__main__":
    sys.exit(main())
