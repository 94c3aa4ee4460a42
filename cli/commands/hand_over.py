"""``lyo-dr hand-over``: a new key that only its issuer can create."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.commands.options import PLAN_FILE, ByOption, PlanOption
from cli.plan_file import aws_plan


def hand_over(
    secret: Annotated[str, typer.Argument(metavar="SECRET", help="The secret of the plan that holds the key.")],
    key: Annotated[
        str, typer.Argument(metavar="KEY", help="Name of the key, such as OPENAI_API_KEY. Never its value.")
    ],
    plan: PlanOption = PLAN_FILE,
    by: ByOption = None,
) -> None:
    """Hand over a new key from its issuer; it is tested before use.

    You are asked for the key, without echo; or it is read from standard
    input. It goes to Secrets Manager in the active region, under a label of
    its own, and nowhere else. Then a rotation starts: it tests the key at its
    issuer, stores it in the secret of both regions and replaces the tasks. A
    key that the issuer rejects is not used, and stays outstanding.

    \b
    Examples:
      lyo-dr hand-over lyo-saas/production/app-secrets OPENAI_API_KEY
      pass show openai | lyo-dr hand-over \\
          lyo-saas/production/app-secrets OPENAI_API_KEY

    Needs ordinary AWS credentials that may put a version of the secret and
    start the state machine secret-rotation in the active region.

    \b
    Exit codes:
      0  handed over, and a rotation started; its id is printed
      2  it could not be handed over; the error says why
    """
    from cli.operations.hand_over import hand_over as hand_it_over

    raise typer.Exit(hand_it_over(aws_plan(plan), secret, key, by))
