"""``lyo-dr breach report`` and ``breach lift``."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.commands.options import PLAN_FILE, ByOption, PlanOption, WhyOption, YesOption, settable
from cli.help import HelpCommand, HelpGroup
from cli.plan_file import aws_plan

breach_app = typer.Typer(
    cls=HelpGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Report a security breach, or lift its blocks later.",
)


@breach_app.command("report", cls=HelpCommand)
@settable
def report(
    secret: Annotated[
        list[str] | None, typer.Option("--secret", metavar="NAME", help="A secret that leaked; repeatable.")
    ] = None,
    address: Annotated[
        list[str] | None, typer.Option("--address", metavar="IP", help="An address to block; repeatable.")
    ] = None,
    principal: Annotated[
        list[str] | None,
        typer.Option("--principal", metavar="NAME", help="A suspected IAM role, user or access key; repeatable."),
    ] = None,
    severity: Annotated[
        float, typer.Option("--severity", metavar="NUMBER", min=0.0, max=10.0, help="On GuardDuty's scale.")
    ] = 9.0,
    plan: PlanOption = PLAN_FILE,
    by: ByOption = None,
    yes: YesOption = False,
) -> None:
    """Report a security breach: preserve evidence, notify, block, ask.

    The time limit for notifying the authority (72 hours) starts with this
    report. What will happen is shown first, and you are asked to confirm.
    Name secrets; never type their values.

    \b
    Examples:
      lyo-dr breach report --secret lyo-saas/production/app-secrets
      lyo-dr breach report --address 203.0.113.7 --by ada --yes

    Needs ordinary AWS credentials that may start the state machine
    incident-response in the active region, and read the tables.

    \b
    Exit codes:
      0  started; the id of the incident is printed
      1  not started, because you said no
      2  it could not be started; the error says why
    """
    from cli.operations.breach import report as start_breach
    from lyo_dr.model.evidence import Suspects

    suspects = Suspects(principals=principal or [], addresses=address or [], secrets=secret or [])
    raise typer.Exit(start_breach(aws_plan(plan), suspects, severity, by, ask_first=not yes))


@breach_app.command("lift", cls=HelpCommand)
@settable
def lift(
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", help="Id of the incident.")],
    why: WhyOption,
    plan: PlanOption = PLAN_FILE,
) -> None:
    """Lift the blocks and the isolation of a breach; nothing else does.

    Only what this incident added is removed. Sessions from before the breach
    stay revoked: the tasks that run now have newer ones.

    \b
    Examples:
      lyo-dr breach lift breach-eu-west-1-1f0c9a77be21-high \\
          --why "the address was reassigned"

    Needs AWS credentials with the managed policy of operators.

    \b
    Exit codes:
      0  lifted
      1  refused; the output says why
      2  no such breach, or the operator API was not reached
    """
    from cli.operations.breach import lift as lift_breach

    raise typer.Exit(lift_breach(aws_plan(plan), incident, why))
