"""The commands with which a person answers and brakes; each goes through the operator's door or only reads."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.plan_file import PLAN_FILE, PlanOption, RegionOption, aws_plan, regions_of

IncidentArgument = Annotated[str, typer.Argument(help="The incident's id; `lyo-dr questions` names it.")]


def questions(plan: PlanOption = PLAN_FILE, region: RegionOption = None) -> None:
    """What a person is asked now: the number, the evidence, what nobody can take back.

    \b
    Examples:
      lyo-dr questions
      lyo-dr questions --region us-west-2

    \b
    Exit codes:
      0  shown, also when nothing is asked
      2  no region answered; a sentence says why
    """
    from cli.operations.consent import questions as show_questions

    loaded = aws_plan(plan)
    raise typer.Exit(show_questions(loaded, regions_of(loaded.regions.pair, region)))


def approve(
    incident: IncidentArgument,
    plan: PlanOption = PLAN_FILE,
    facts: Annotated[str | None, typer.Option("--facts", help="The hash of the facts you were shown.")] = None,
    accept: Annotated[
        str | None, typer.Option("--accept-data-loss", help="The loss you accept: PT23M, or unknown.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; needs --facts.")] = False,
) -> None:
    """Consent to a recovery that the automation does not dare alone.

    What is at stake is shown first: the loss, why you are asked, what was
    seen, and what nobody can take back. Your consent counts for these facts
    only; if they change, you are asked again. A loss over the RPO has to be
    typed. Your AWS identity goes on the incident's record.

    \b
    Examples:
      lyo-dr approve region-eu-west-1-20260329T120000
      lyo-dr approve region-eu-west-1-20260329T120000 --facts 1f0c9a77be21 --accept-data-loss PT23M --yes

    \b
    Needs AWS credentials with the managed policy of operators.

    \b
    Exit codes:
      0  taken; the incident goes on
      1  refused, or not given; a sentence says why
      2  the question or the door was not found
    """
    from cli.operations.consent import approve as give_consent

    raise typer.Exit(give_consent(aws_plan(plan), incident, facts, accept, yes=yes))


def decline(
    incident: IncidentArgument,
    why: Annotated[str, typer.Option("--why", help="The reason; it stands on the incident.")],
    plan: PlanOption = PLAN_FILE,
) -> None:
    """Say no: the incident ends as held, and what was prepared is undone.

    \b
    Examples:
      lyo-dr decline region-eu-west-1-20260329T120000 --why "the provider says ten minutes"

    \b
    Exit codes:
      0  taken
      1  refused; a sentence says why
      2  the question or the door was not found
    """
    from cli.operations.consent import decline as refuse_consent

    raise typer.Exit(refuse_consent(aws_plan(plan), incident, why))


def pause(
    why: Annotated[str, typer.Option("--why", help="The reason; it is shown to whoever wonders.")],
    plan: PlanOption = PLAN_FILE,
    region: RegionOption = None,
) -> None:
    """Stop the automation before its next step that cannot simply be taken back.

    Incidents still open and look; they change nothing, and fail with your
    reason. Traffic that has moved stays where it is.

    \b
    Examples:
      lyo-dr pause --why "we restore by hand"
      lyo-dr pause --why "tests of the network" --region us-west-2

    \b
    Exit codes:
      0  paused
      1  refused; a sentence says why
      2  no region could be reached; a sentence says why
    """
    from cli.operations.controls import brake

    loaded = aws_plan(plan)
    raise typer.Exit(brake(loaded, regions_of(loaded.regions.pair, region), "pause", why))


def resume(plan: PlanOption = PLAN_FILE, region: RegionOption = None) -> None:
    """Let the automation act again. What was stopped meanwhile stays stopped.

    \b
    Examples:
      lyo-dr resume
      lyo-dr resume --region us-west-2

    \b
    Exit codes:
      0  resumed
      1  refused; a sentence says why
      2  no region could be reached
    """
    from cli.operations.controls import brake

    loaded = aws_plan(plan)
    raise typer.Exit(brake(loaded, regions_of(loaded.regions.pair, region), "resume"))


def standby(
    region: Annotated[
        str, typer.Option("--region", help="The region that stands by from now on; the other is active.")
    ],
    plan: PlanOption = PLAN_FILE,
) -> None:
    """Declare a new standby, when a replica streams there again.

    It is looked at first: every critical database of that region has to be a
    replica that streams from the active region, and nothing may be at work.
    Both regions' records name it under a new epoch. Until then no alarm
    starts a failover into it.

    \b
    Examples:
      lyo-dr standby --region eu-west-1     after a failover to us-west-2

    \b
    Exit codes:
      0  declared, or declared before
      1  refused; a sentence says what is missing
      2  the door of the active region was not reached
    """
    from cli.operations.controls import declare

    loaded = aws_plan(plan)
    raise typer.Exit(declare(loaded, regions_of(loaded.regions.pair, region)[0]))


def blocked(plan: PlanOption = PLAN_FILE, region: RegionOption = None) -> None:
    """Alarms that started nothing: in a maintenance window, or too soon after a recovery.

    \b
    Examples:
      lyo-dr blocked
      lyo-dr blocked --region us-west-2

    \b
    Exit codes:
      0  shown, also when there are none
      2  no region answered; a sentence says why
    """
    from cli.operations.controls import blocked as show_blocked

    loaded = aws_plan(plan)
    raise typer.Exit(show_blocked(loaded, regions_of(loaded.regions.pair, region)))


def acknowledge(
    region: Annotated[str, typer.Option("--region", help="The region that has recovered.")],
    plan: PlanOption = PLAN_FILE,
) -> None:
    """Say that you have seen the last recovery: alarms may start another one.

    It starts nothing by itself. An alarm that was blocked and is still up
    does not ring again: start that incident with `lyo-dr start`.

    \b
    Examples:
      lyo-dr acknowledge --region us-west-2

    \b
    Exit codes:
      0  acknowledged
      1  there was nothing to acknowledge
      2  the region's door cannot be reached
    """
    from cli.operations.controls import brake

    loaded = aws_plan(plan)
    raise typer.Exit(brake(loaded, regions_of(loaded.regions.pair, region), "acknowledge"))


OPERATOR_COMMANDS = (questions, approve, decline, pause, resume, blocked, acknowledge, standby)
"""In the order in which the help shows them."""
