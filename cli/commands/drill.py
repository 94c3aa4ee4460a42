"""``lyo-dr drill``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.commands.options import PLAN_FILE, PlanOption


def drill(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Which drill: a name of --list, or all of them, by `all`.")
    ] = "region-loss",
    plan: PlanOption = PLAN_FILE,
    results: Annotated[
        Path, typer.Option("--results", metavar="FOLDER", help="Results go to a folder in it, named like the drill.")
    ] = Path("results"),
    list_: Annotated[bool, typer.Option("--list", help="List the drills by disaster, and what each proves.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="No disaster: keep the local AWS until Ctrl-C, and print how to use it.")
    ] = False,
    aws_timing: Annotated[
        bool, typer.Option("--aws-timing", help="Let promotions, tasks and backups take as long as a model of AWS.")
    ] = False,
) -> None:
    """Rehearse a disaster on a local copy of everything, and recover.

    The templates, state machines and handlers are those that run on AWS,
    against real PostgreSQL, a real application and real DNS on this machine.
    No account, no credentials, no network.

    \b
    Examples:
      lyo-dr drill                     lose the primary region
      lyo-dr drill --list              the other disasters
      lyo-dr drill all                 each of them, and a table at the end
      lyo-dr drill region-loss --plan my.yaml --results my-drills
      lyo-dr drill --aws-timing        wait as long as a model of AWS does
      lyo-dr drill --keep              a local AWS to try everything on

    \b
    Exit codes:
      0    every target of the plan was met (--keep: ended on request)
      1    a target was missed
      2    the drill could not be run; the error says why
      130  stopped by Ctrl-C; every process it started has ended
    """
    from cli.operations import drill as drills

    if list_:
        drills.print_list()
    elif keep:
        raise typer.Exit(drills.keep(plan))
    else:
        raise typer.Exit(drills.run(name, plan, results, aws_timing=aws_timing))
