"""``python -m audits``: run the drill and the tests, take every permission away, say what noticed.

Exit code 0: every permission is needed, and its lack is noticed. 1: one is not. 2: a drill or a test did not run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from audits.collect import NoRecordError, gather, read
from audits.permissions import judge
from audits.report import show, write
from drills.world.synth import SynthesisFailed


def main() -> int:
    """Run everything, or only judge the records of an earlier run. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="audits", description="Take each permission away: something must notice.")
    parser.add_argument("--plan", type=Path, default=Path("plan.yaml"), help="the plan to rehearse")
    parser.add_argument(
        "--folder", type=Path, help="where the records go, then kept; a run that broke off goes on there"
    )
    parser.add_argument("--again", action="store_true", help="judge the records in --folder again; run nothing")
    parser.add_argument("--out", type=Path, default=Path("results/permissions.json"), help="the result")
    given = parser.parse_args()
    if given.again and given.folder is None:
        parser.error("--again needs --folder")
    console = Console()
    with tempfile.TemporaryDirectory(prefix="lyo-audits-") as temporary:
        try:
            return _prove(given, given.folder or Path(temporary), console)
        except (NoRecordError, SynthesisFailed) as reason:
            console.print("[bold red]There is nothing to judge:[/bold red]", end=" ")
            console.print(str(reason), markup=False)
            return 2


def _prove(given: argparse.Namespace, folder: Path, console: Console) -> int:
    if not given.again:
        gather(
            given.plan.resolve(), folder.resolve(), lambda sentence: console.print(sentence, style="dim", markup=False)
        )
    verdict = judge(read(folder))
    show(console, verdict)
    write(given.out, verdict)
    console.print(f"Everything in {given.out}")
    return 0 if verdict.holds else 1


if __name__ == "__main__":
    sys.exit(main())
