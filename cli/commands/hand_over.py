"""The command with which a person hands over a key that only its issuer can change."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.environment import person
from cli.plan_file import PLAN_FILE, PlanOption, aws_plan


def hand_over(
    secret: Annotated[str, typer.Argument(help="The secret of the plan that holds the key.")],
    key: Annotated[str, typer.Argument(help="The key's name in it, such as OPENAI_API_KEY. Never the key itself.")],
    plan: PlanOption = PLAN_FILE,
    by: Annotated[str | None, typer.Option("--by", help="In whose name; it stands on the timeline.")] = None,
) -> None:
    """Hand over a new key its issuer gave you; it is tried there before anything uses it.

    You are asked for the key, and it is not shown; or it is read from
    standard input. It goes to Secrets Manager in the active region, under
    a label of its own, and nowhere else. Then a rotation is started, which
    tries it, puts it in both regions' copies and replaces the tasks. What
    the issuer refuses is not used, and the key stays outstanding.

    \b
    Examples:
      lyo-dr hand-over lyo-saas/production/app-secrets OPENAI_API_KEY
      pass show openai | lyo-dr hand-over lyo-saas/production/app-secrets OPENAI_API_KEY

    \b
    Needs ordinary AWS credentials that may put a version of the secret and
    start the state machine secret-rotation in the active region.

    \b
    Exit codes:
      0  handed over, and a rotation was started; its name is printed
      2  it could not be handed over; a sentence says why
    """
    from cli.operations.hand_over import hand_over as hand_it_over

    raise typer.Exit(hand_it_over(aws_plan(plan), secret, key, person() if by is None else by))
