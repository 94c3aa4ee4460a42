"""The command with which a person gives back work that only a damaged database holds."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.plan_file import PLAN_FILE, PlanOption, aws_plan


def replay(
    incident: Annotated[str, typer.Argument(help="The incident's id; `lyo-dr timeline` names it.")],
    table: Annotated[str | None, typer.Option("--table", help="This table only. Default: each of the plan.")] = None,
    include: Annotated[
        list[str] | None,
        typer.Option("--include-conflict", help="Overwrite the conflicting row with this key; may be repeated."),
    ] = None,
    plan: PlanOption = PLAN_FILE,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be replayed, and end.")] = False,
    facts: Annotated[str | None, typer.Option("--facts", help="The hash of the ledger you were shown.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; needs --facts.")] = False,
) -> None:
    """Give back what was written after the moment a database was restored to.

    After a restore both databases are compared. Rows that only the damaged one
    holds, and that conflict with nothing, are written back as the application
    itself would write them. What it will be is shown first, and you are asked.
    Replayed twice, nothing changes. Conflicting rows are left alone unless you
    name them. No row passes through this command.

    \b
    Examples:
      lyo-dr replay database-20260329T120000 --dry-run
      lyo-dr replay database-20260329T120000
      lyo-dr replay database-20260329T120000 --table lyo_users --facts 1f0c9a77be21 --yes

    \b
    Needs AWS credentials with the managed policy of operators.

    \b
    Exit codes:
      0  replayed, or nothing to replay; --dry-run: shown
      1  refused, not given, or stopped on the way; a sentence says why
      2  the ledger or the door was not found
    """
    from cli.operations.replay import replay as give_back

    words = {"table": table or "", "include": include or [], "facts": facts, "dry_run": dry_run, "yes": yes}
    raise typer.Exit(give_back(aws_plan(plan), incident, **words))  # type: ignore[arg-type]
