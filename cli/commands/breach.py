"""The commands of a breach: somebody reports it, somebody lifts what was closed."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.environment import person
from cli.plan_file import PLAN_FILE, PlanOption, aws_plan

breach_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Somebody is inside: report it, and lift later what was closed.",
)


@breach_app.command("report")
def report(
    secret: Annotated[list[str] | None, typer.Option("--secret", help="A secret that leaked; may be repeated.")] = None,
    address: Annotated[
        list[str] | None, typer.Option("--address", help="An address to block; may be repeated.")
    ] = None,
    principal: Annotated[
        list[str] | None, typer.Option("--principal", help="A role, user or key that is suspected; may be repeated.")
    ] = None,
    severity: Annotated[float, typer.Option("--severity", min=0.0, max=10.0, help="As GuardDuty counts.")] = 9.0,
    plan: PlanOption = PLAN_FILE,
    by: Annotated[str | None, typer.Option("--by", help="In whose name; it stands on the incident.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before starting.")] = False,
) -> None:
    """Say that somebody is inside: preserve, tell the legal side, block, ask.

    The clock for the authority begins with this report. What will happen is
    shown first, and you are asked. Name secrets; never type their values.

    \b
    Examples:
      lyo-dr breach report --secret lyo-saas/production/app-secrets
      lyo-dr breach report --address 203.0.113.7 --principal lyo-saas-task --by ada --yes

    \b
    Needs ordinary AWS credentials that may start the state machine
    incident-response in the active region, and read the tables.

    \b
    Exit codes:
      0  started; its name is printed
      1  not started, because you said no
      2  it could not be started; a sentence says why
    """
    from cli.operations.breach import report as start_breach
    from lyo_dr.model.evidence import Suspects

    suspects = Suspects(principals=principal or [], addresses=address or [], secrets=secret or [])
    who = person() if by is None else by
    raise typer.Exit(start_breach(aws_plan(plan), suspects, severity, who, ask_first=not yes))


@breach_app.command("lift")
def lift(
    incident: Annotated[str, typer.Argument(help="The incident's id.")],
    why: Annotated[str, typer.Option("--why", help="The reason; it stands on the incident.")],
    plan: PlanOption = PLAN_FILE,
) -> None:
    """Open what a breach has blocked and isolated; nothing else lifts it.

    Only what this incident added is taken out. Older sessions stay refused:
    whoever works now has newer ones.

    \b
    Examples:
      lyo-dr breach lift breach-eu-west-1-1f0c9a77be21-high --why "the address was reassigned"

    \b
    Needs AWS credentials with the managed policy of operators.

    \b
    Exit codes:
      0  lifted
      1  refused; a sentence says why
      2  the door was not reached
    """
    from cli.operations.breach import lift as lift_breach

    raise typer.Exit(lift_breach(aws_plan(plan), incident, why))
