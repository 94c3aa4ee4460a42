"""``lyo-dr questions``, ``approve`` and ``decline``: the open questions of incidents, and their answers."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.commands.options import PLAN_FILE, PlanOption, RegionOption, WhyOption
from cli.plan_file import aws_plan, regions_of

IncidentArgument = Annotated[
    str, typer.Argument(metavar="INCIDENT", help="Id of the incident; `lyo-dr questions` shows it.")
]


def questions(plan: PlanOption = PLAN_FILE, region: RegionOption = None) -> None:
    """Show open questions: the loss at stake, the evidence, what is irreversible.

    \b
    Examples:
      lyo-dr questions
      lyo-dr questions --region us-west-2

    \b
    Exit codes:
      0  shown, also when there are none
      2  unknown, because no region answered; the error says why
      3  one region is shown; the other one did not answer
    """
    from cli.operations.consent import questions as show_questions

    loaded = aws_plan(plan)
    raise typer.Exit(show_questions(loaded, regions_of(loaded.regions.pair, region)))


def approve(
    incident: IncidentArgument,
    plan: PlanOption = PLAN_FILE,
    facts: Annotated[
        str | None, typer.Option("--facts", metavar="HASH", help="The hash of the facts you were shown.")
    ] = None,
    accept: Annotated[
        str | None,
        typer.Option("--accept-data-loss", metavar="DURATION", help="The loss you accept: PT23M, or unknown."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation; needs --facts.")] = False,
) -> None:
    """Approve a recovery that is not allowed to go on automatically.

    What is at stake is shown first: the loss, why approval is needed, the
    evidence, and what is irreversible. Your approval is valid for these facts
    only; if they change, you are asked again. A loss over the RPO has to be
    typed. Your AWS identity is recorded with the incident.

    \b
    Examples:
      lyo-dr approve region-eu-west-1-20260329T120000
      lyo-dr approve region-eu-west-1-20260329T120000 --yes \\
          --facts 1f0c9a77be21 --accept-data-loss PT23M

    Needs AWS credentials with the managed policy of operators.

    \b
    Exit codes:
      0  approved; the incident goes on
      1  refused, or not confirmed; the output says why
      2  no such question, or the operator API was not reached
    """
    from cli.operations.consent import approve as give_consent

    raise typer.Exit(give_consent(aws_plan(plan), incident, facts, accept, yes=yes))


def decline(incident: IncidentArgument, why: WhyOption, plan: PlanOption = PLAN_FILE) -> None:
    """Decline: the incident ends as held, and its preparations are rolled back.

    \b
    Examples:
      lyo-dr decline region-eu-west-1-20260329T120000 --why "back in 10 min"

    \b
    Exit codes:
      0  declined
      1  refused; the output says why
      2  no such question, or the operator API was not reached
    """
    from cli.operations.consent import decline as refuse_consent

    raise typer.Exit(refuse_consent(aws_plan(plan), incident, why))
