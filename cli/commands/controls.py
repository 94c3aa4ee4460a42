"""``lyo-dr pause``, ``resume``, ``release``, ``blocked``, ``acknowledge`` and ``standby``: the automation."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.commands.options import (
    PLAN_FILE,
    ByOption,
    OptionalWhyOption,
    PlanOption,
    RegionOption,
    WhyOption,
    YesOption,
)
from cli.output import refuse
from cli.plan_file import aws_plan, regions_of


def pause(why: WhyOption, plan: PlanOption = PLAN_FILE, region: RegionOption = None) -> None:
    """Pause the automation before its next irreversible step.

    Incidents are still opened and examined. Before their next change they
    wait, for one hour at most, and go on when you type `lyo-dr resume`; the
    time they wait counts against no budget. After an hour they fail with
    your reason, and can be taken up again. Traffic that has moved stays where
    it is.

    \b
    Examples:
      lyo-dr pause --why "we restore by hand"
      lyo-dr pause --why "network tests" --region us-west-2

    \b
    Exit codes:
      0  paused
      1  refused; the output says why
      2  no region could be reached; the output says why
      3  paused in one region; the other one could not be reached
    """
    from cli.operations.controls import control

    loaded = aws_plan(plan)
    raise typer.Exit(control(loaded, regions_of(loaded.regions.pair, region), "pause", why))


def resume(
    incident: Annotated[
        str | None,
        typer.Argument(metavar="INCIDENT", help="The failed incident to take up again. Default: end the pause."),
    ] = None,
    why: OptionalWhyOption = None,
    by: ByOption = None,
    yes: YesOption = False,
    plan: PlanOption = PLAN_FILE,
    region: RegionOption = None,
) -> None:
    """End a pause, or take a failed incident up again.

    Without an incident: a paused automation acts again, and an incident that
    waits because of the pause goes on by itself.

    With one: a failed incident for a lost region goes on under its own id. It
    keeps its timeline, adopts the databases it has promoted, reads the facts
    again and lets the gate decide again. One that has ended otherwise, or is
    still in progress, is refused; so are restores, breaches and rotations,
    with a sentence that says what to do instead. Needs --why.

    \b
    Examples:
      lyo-dr resume
      lyo-dr resume --region us-west-2
      lyo-dr resume region-eu-west-1-20260329T120000 --why "quota raised"

    \b
    Exit codes:
      0  the pause has ended; or the incident is taken up, now or already
      1  refused, or you said no; the output says why
      2  no region could be reached, or it cannot be taken up
      3  the pause has ended in one region; the other was not reached
    """
    loaded = aws_plan(plan)
    if incident is None:
        from cli.operations.controls import control

        raise typer.Exit(control(loaded, regions_of(loaded.regions.pair, region), "resume"))
    from cli.operations.resume import resume_incident

    if why is None:
        raise refuse(f"say why {incident} can go on now: --why; it is recorded on its timeline")
    raise typer.Exit(resume_incident(loaded, incident, by, why, ask_first=not yes))


def release(
    holder: Annotated[str, typer.Argument(metavar="INCIDENT", help="The incident that keeps the lease.")],
    why: WhyOption,
    plan: PlanOption = PLAN_FILE,
) -> None:
    """End the lease that a failed incident keeps on purpose.

    Until then nothing else starts. Usually `lyo-dr resume` is what you want:
    it takes the incident up again with what it has done. Release the lease
    when you have finished its work by hand. Refused while the incident is in
    progress. Who released it, and why, is on its timeline.

    \b
    Examples:
      lyo-dr release region-eu-west-1-20260329T120000 --why "finished by hand"

    \b
    Exit codes:
      0  released
      1  refused; the output says why
      2  no region keeps a lease of this incident, or none was reached
    """
    from cli.operations.controls import release as release_lease

    raise typer.Exit(release_lease(aws_plan(plan), holder, why))


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
      3  one region is shown; the other one did not answer
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
