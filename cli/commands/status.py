"""``lyo-dr status``."""

from __future__ import annotations

import typer

from cli.commands.options import PLAN_FILE, PlanOption, RegionOption
from cli.plan_file import aws_plan, regions_of


def status(plan: PlanOption = PLAN_FILE, region: RegionOption = None) -> None:
    """Show both regions: which is active, and what is running.

    Both regions are asked at once. If one does not answer within 12 seconds,
    that is reported, and the other one is shown.

    \b
    Examples:
      lyo-dr status
      lyo-dr status --region us-west-2

    \b
    Exit codes:
      0  shown
      2  no region answered; the output says why
      3  one region is shown; the other one did not answer
    """
    from cli.operations.status import status as show_status

    loaded = aws_plan(plan)
    raise typer.Exit(show_status(loaded, regions_of(loaded.regions.pair, region)))
