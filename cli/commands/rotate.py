"""The command with which a person asks for a rotation."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.environment import person
from cli.plan_file import PLAN_FILE, PlanOption, aws_plan


def rotate(
    secret: Annotated[
        list[str] | None, typer.Option("--secret", help="Which one; may be repeated. Default: each that can be.")
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option("--key", help="A key only its issuer can change; may be repeated. Alone: no login is rotated."),
    ] = None,
    plan: PlanOption = PLAN_FILE,
    by: Annotated[str | None, typer.Option("--by", help="In whose name; it stands on the timeline.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before starting.")] = False,
) -> None:
    """Give the application new secrets; the old ones are refused afterwards.

    A database login alternates between two users, so the application's
    login is valid at every moment. A key only its issuer can change is
    asked for: people are told what to do, and hand the new one over with
    `lyo-dr hand-over`. Until then it is outstanding (`lyo-dr status`).
    What will happen is shown first, and you are asked. No password passes
    through this command.

    \b
    Examples:
      lyo-dr rotate
      lyo-dr rotate --key OPENAI_API_KEY            this key only: it leaked
      lyo-dr rotate --secret lyo-saas/production/app-secrets --by ada --yes

    \b
    Needs ordinary AWS credentials that may start the state machine
    secret-rotation in the active region, and read the tables. With
    AWS_ENDPOINT_URL it works on a local AWS (lyo-dr drill --keep).

    \b
    Exit codes:
      0  started; its name is printed
      1  not started, because you said no
      2  it could not be started; a sentence says why
    """
    from cli.operations.rotate import rotate as start_rotation

    chosen = person() if by is None else by
    raise typer.Exit(start_rotation(aws_plan(plan), secret or [], key or [], chosen, ask_first=not yes))
