"""``lyo-dr timeline``."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.commands.options import PLAN_FILE, PlanOption, RegionOption
from cli.plan_file import aws_plan, regions_of


def timeline(
    incident: Annotated[
        str | None, typer.Argument(metavar="INCIDENT", help="Id of the incident. Default: the newest.")
    ] = None,
    plan: PlanOption = PLAN_FILE,
    region: RegionOption = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Keep following until the incident ends.")] = False,
) -> None:
    """Show what an incident did, when and why.

    \b
    Examples:
      lyo-dr timeline                    the newest incident
      lyo-dr timeline --follow           and each new step as it comes
      lyo-dr timeline operator-eu-west-1-20260329T120000 --region us-west-2

    \b
    Exit codes:
      0    shown (--follow: the incident succeeded)
      1    --follow: the incident failed
      2    there is no such incident, or no region answered
      3    shown, but the other region did not answer: a newer incident
           may be there (only without INCIDENT)
      130  stopped by Ctrl-C; the incident goes on
    """
    from cli.operations.timeline import timeline as show_timeline

    loaded = aws_plan(plan)
    regions = regions_of(loaded.regions.pair, region)
    raise typer.Exit(show_timeline(loaded, incident, regions, follow=follow))
