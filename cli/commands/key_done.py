"""``lyo-dr key-done``: a key that nothing rotates was replaced by a person."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.commands.options import PLAN_FILE, PlanOption, WhyOption
from cli.plan_file import aws_plan


def key_done(
    secret: Annotated[str, typer.Argument(metavar="SECRET", help="The secret of the plan that holds the key.")],
    key: Annotated[str, typer.Argument(metavar="KEY", help="Name of the key, such as SMTP_PASSWORD. Never its value.")],
    why: WhyOption,
    plan: PlanOption = PLAN_FILE,
) -> None:
    """Say that a key you replaced by hand is done; it is outstanding no more.

    After a breach, or a rotation of everything, each key that nothing rotates
    stays outstanding by name (`lyo-dr status`). Replace it, put the new one
    into the secret of both regions, restart the tasks, revoke the former one;
    then say so. Your reason and your AWS identity go on the timeline.

    \b
    Examples:
      lyo-dr key-done lyo-saas/production/app-secrets SMTP_PASSWORD \\
          --why "new one set in both regions, old one deleted"

    Needs AWS credentials with the managed policy of operators.

    \b
    Exit codes:
      0  done; it is not outstanding any more
      1  refused; the output says why
      2  the operator API was not reached
    """
    from cli.operations.key_done import key_done as say_done

    raise typer.Exit(say_done(aws_plan(plan), secret, key, why))
