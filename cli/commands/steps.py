"""``lyo-dr retry`` and ``lyo-dr skip``: one step of an incident."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.commands.options import PLAN_FILE, ByOption, PlanOption, WhyOption, YesOption
from cli.plan_file import aws_plan

_INCIDENT = typer.Argument(metavar="INCIDENT", help="Id of the incident.")


def retry(
    incident: Annotated[str, _INCIDENT],
    step: Annotated[str, typer.Argument(metavar="STEP", help="The step that failed, as the timeline names it.")],
    why: WhyOption,
    by: ByOption = None,
    yes: YesOption = False,
    plan: PlanOption = PLAN_FILE,
) -> None:
    """Retry the step a failed incident ended at, and go on from there.

    The incident is taken up again like by `lyo-dr resume INCIDENT`: what is
    done is adopted, facts are read again, and the gate decides again. But
    only if this step is on record as failed. Otherwise nothing is started,
    and the answer names what failed instead.

    \b
    Examples:
      lyo-dr retry region-eu-west-1-20260329T120000 CheckCapacity \\
          --why "quota raised"

    \b
    Exit codes:
      0  the incident is taken up again, or the step is being retried
      1  you said no
      2  this step has not failed, or the incident cannot be taken up
    """
    from cli.operations.steps import retry_step

    raise typer.Exit(retry_step(aws_plan(plan), incident, step, by, why, ask_first=not yes))


def skip(
    incident: Annotated[str, _INCIDENT],
    step: Annotated[
        str, typer.Argument(metavar="STEP", help="CheckCapacity, CheckTraffic or CheckEndpoints; no other.")
    ],
    why: WhyOption,
    plan: PlanOption = PLAN_FILE,
) -> None:
    """Let an incident go on without a step that only observes.

    It may be reached later, be in progress, or have failed; a failed incident
    goes on past it with `lyo-dr resume` or `lyo-dr retry`. Your AWS identity
    and the reason are on the timeline, in the status, and in the sentence the
    incident ends with. What guards against two active regions or lost work
    cannot be skipped.

    \b
    Examples:
      lyo-dr skip region-eu-west-1-20260329T120000 CheckEndpoints \\
          --why "search is down at its vendor, bookings work"

    Needs AWS credentials with the managed policy of operators.

    \b
    Exit codes:
      0  skipped, now or already
      1  refused; the output says why, and what to do instead
      2  no such incident, or the operator API was not reached
    """
    from cli.operations.steps import skip_step

    raise typer.Exit(skip_step(aws_plan(plan), incident, step, why))
