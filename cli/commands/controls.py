"""``lyo-dr pause``, ``resume``, ``blocked``, ``acknowledge`` and ``standby``: what the automation may do."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.commands.options import PLAN_FILE, PlanOption, RegionOption, WhyOption
from cli.plan_file import aws_plan, regions_of


def pause(why: WhyOption, plan: PlanOption = PLAN_FILE, region: RegionOption = None) -> None:
    """Pause the automation before its next irreversible step.

    Incidents are still opened and examined; they change nothing, and fail
    with your reason. Traffic that has moved stays where it is.

    \b
    Examples:
      lyo-dr pause --why "we restore by hand"
      lyo-dr pause --why "network tests" --region us-west-2

    \b
    Exit codes:
      0  paused
      1  refused; the output says why
      2  no region could be reached; the output says why
    """
    from cli.operations.controls import control

    loaded = aws_plan(plan)
    raise typer.Exit(control(loaded, regions_of(loaded.regions.pair, region), "pause", why))


def resume(plan: PlanOption = PLAN_FILE, region: RegionOption = None) -> None:
    """Let a paused automation act again.

    An incident that failed because of the pause is not restarted.

    \b
    Examples:
      lyo-dr resume
      lyo-dr resume --region us-west-2

    \b
    Exit codes:
      0  resumed
      1  refused; the output says why
      2  no region could be reached
    """
    from cli.operations.controls import control

    loaded = aws_plan(plan)
    raise typer.Exit(control(loaded, regions_of(loaded.regions.pair, region), "resume"))


def standby(
    region: Annotated[
        str,
        typer.Option("--region", metavar="REGION", help="The region that becomes the standby; the other is active."),
    ],
    plan: PlanOption = PLAN_FILE,
) -> None:
    """Declare a new standby, once replicas stream to it again.

    This is checked first: every critical database of that region has to be a
    replica that streams from the active region, and no incident may be
    running. The records of both regions then name it under a new epoch. Until
    then no alarm starts a failover to it.

    \b
    Examples:
      lyo-dr standby --region eu-west-1     after a failover to us-west-2

    \b
    Exit codes:
      0  declared, now or earlier
      1  refused; the output says what is missing
      2  the operator API of the active region was not reached
    """
    from cli.operations.controls import declare_standby

    loaded = aws_plan(plan)
    raise typer.Exit(declare_standby(loaded, regions_of(loaded.regions.pair, region)[0]))


def blocked(plan: PlanOption = PLAN_FILE, region: RegionOption = None) -> None:
    """Show alarms that started nothing: maintenance window or cooldown.

    \b
    Examples:
      lyo-dr blocked
      lyo-dr blocked --region us-west-2

    \b
    Exit codes:
      0  shown, also when there are none
      2  no region answered; the error says why
    """
    from cli.operations.controls import blocked as show_blocked

    loaded = aws_plan(plan)
    raise typer.Exit(show_blocked(loaded, regions_of(loaded.regions.pair, region)))


def acknowledge(
    region: Annotated[str, typer.Option("--region", metavar="REGION", help="The region that has recovered.")],
    plan: PlanOption = PLAN_FILE,
) -> None:
    """Acknowledge the last recovery: its cooldown ends.

    Alarms may start another recovery from now on. An alarm that was blocked
    and is still in ALARM does not fire again: start that incident with
    `lyo-dr start`.

    \b
    Examples:
      lyo-dr acknowledge --region us-west-2

    \b
    Exit codes:
      0  acknowledged
      1  there was nothing to acknowledge
      2  the operator API of the region was not reached
    """
    from cli.operations.controls import control

    loaded = aws_plan(plan)
    raise typer.Exit(control(loaded, regions_of(loaded.regions.pair, region), "acknowledge"))
