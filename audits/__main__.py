"""``python -m audits``: run the drill and the tests, take every permission away, say what noticed.

With ``--keep`` the result is kept beside the code; with ``--with-kept`` what the records do not show may have been
shown by that last whole run, so that the records of ``make machines`` are enough. Exit code 0: every permission is
needed, and its lack is noticed. 1: one is not. 2: a drill or a test did not run.
"""

from __future__ import annotations

import argparse
import functools
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from audits.collect import NoRecordError, gather, read
from audits.kept import keep, read_kept
from audits.kept_permissions import as_kept, key, missing, shown_before
from audits.permissions import Verdict, judge
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
    parser.add_argument(
        "--only", nargs="+", metavar="RECORD", help="make these records only: names of drills, machines, steps"
    )
    parser.add_argument("--out", type=Path, default=Path("results/permissions.json"), help="the result")
    parser.add_argument("--keep", action="store_true", help="keep the result in audits/results, beside the code")
    parser.add_argument(
        "--with-kept", action="store_true", help="what is not shown may have been shown by the last run"
    )
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
        said = functools.partial(console.print, style="dim", markup=False)
        gather(given.plan.resolve(), folder.resolve(), said, given.only)
    verdict = judge(read(folder))
    if given.with_kept:
        return _judged_with_kept(verdict, console)
    show(console, verdict)
    write(given.out, verdict)
    console.print(f"Everything in {given.out}")
    if given.keep:
        before = read_kept("permissions").get("permissions", {}) if given.again or given.only else None
        console.print(f"Kept in {keep('permissions', as_kept(verdict, before))}")
    return 0 if verdict.holds else 1


def _judged_with_kept(verdict: Verdict, console: Console) -> int:
    """One line where all is well, one for each permission that nothing shows, and for each call nobody granted."""
    result = read_kept("permissions")
    kept = result.get("permissions", {})
    wrong, before = missing(verdict, kept), shown_before(verdict, kept)
    untried = [one for one in before if kept[key(one.permission)].startswith("not tried")]
    for one in wrong:
        console.print(f"{key(one.permission)}: {one.status}, and not in the last result either", style="bold red")
    for sentence in verdict.unexplained:
        console.print(sentence, style="bold red", markup=False)
    console.print(
        f"{len(verdict.of('proven'))} permissions taken away and noticed here, "
        f"{len(before) - len(untried)} in the run of {result.get('date', 'no day')} ({result.get('commit', '')}); "
        f"{len(verdict.of('implied'))} implied, {len(wrong)} not shown, {len(untried)} yet to be tried by make audits",
        highlight=False,
    )
    return 1 if wrong or verdict.unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
