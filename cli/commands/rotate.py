"""``lyo-dr rotate``: rotate the secrets of the application."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.commands.options import PLAN_FILE, ByOption, PlanOption, YesOption
from cli.plan_file import aws_plan


def rotate(
    secret: Annotated[
        list[str] | None,
        typer.Option("--secret", metavar="NAME", help="Only this secret; repeatable. Default: each that can be."),
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key", metavar="KEY", help="A key that only its issuer can replace; repeatable. Alone: no login changes."
        ),
    ] = None,
    plan: PlanOption = PLAN_FILE,
    by: ByOption = None,
    yes: YesOption = False,
) -> None:
    """Rotate the secrets of the application; old ones stop working.

    A database login alternates between two users, so the application always
    has a valid one. For a key that only its issuer can replace, responders
    are notified with instructions, and hand the new key over with `lyo-dr
    hand-over`. Until then it is outstanding (`lyo-dr status`). What will
    happen is shown first, and you are asked to confirm. No password passes
    through this command.

    \b
    Examples:
      lyo-dr rotate
      lyo-dr rotate --key OPENAI_API_KEY            only this key: it leaked
      lyo-dr rotate --secret lyo-saas/production/app-secrets --by ada --yes

    Needs ordinary AWS credentials that may start the state machine
    secret-rotation in the active region, and read the tables. With
    AWS_ENDPOINT_URL it works on a local AWS (lyo-dr drill --keep).

    \b
    Exit codes:
      0  started; the id of the rotation is printed
      1  not started, because you said no
      2  it could not be started; the error says why
    """
    from cli.operations.rotate import rotate as start_rotation

    raise typer.Exit(start_rotation(aws_plan(plan), secret or [], key or [], by, ask_first=not yes))
