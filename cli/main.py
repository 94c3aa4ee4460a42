"""``lyo-dr``: rehearse, and check the plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli.plans import load_plan

PlanOption = Annotated[Path, typer.Option("--plan", help="The plan to use.", show_default=True)]

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Disaster recovery on AWS, rehearsed on a laptop.")
plan_app = typer.Typer(no_args_is_help=True, help="The plan: what to protect, where to recover, within which limits.")
app.add_typer(plan_app, name="plan")


@app.command()
def drill(
    name: Annotated[str, typer.Argument(help="Which disaster: region-loss.")] = "region-loss",
    plan: PlanOption = Path("plan.yaml"),
    results: Annotated[Path, typer.Option(help="Where drill.json goes, in a folder of the drill's name.")] = Path(
        "drills"
    ),
) -> None:
    """Let a disaster happen to a local copy of everything, and recover from it.

    Exits 0 when every target of the plan was met, 1 when one was missed, 2 when the drill could not be run.
    """
    from rehearsal.drill.run import run_drill  # imported here: it loads a database driver and an AWS client

    raise typer.Exit(run_drill(name, load_plan(plan), results, Console(highlight=False)))


@plan_app.command("check")
def check(plan: PlanOption = Path("plan.yaml")) -> None:
    """Name every fault of the plan at once, each with its place and a remedy."""
    loaded = load_plan(plan)
    protected = f"{len(loaded.databases)} database(s), {len(loaded.services)} service(s)"
    Console(highlight=False).print(
        f"{plan} is complete: {protected}, {loaded.regions.primary} recovers in {loaded.regions.secondary}."
    )


def main() -> None:
    """The entry point of the command."""
    app(prog_name="lyo-dr")
