"""``lyo-dr replay``: write back the rows that only a damaged database holds."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.commands.options import PLAN_FILE, PlanOption
from cli.plan_file import aws_plan


def replay(
    incident: Annotated[
        str, typer.Argument(metavar="INCIDENT", help="Id of the incident; `lyo-dr timeline` shows it.")
    ],
    table: Annotated[
        str | None, typer.Option("--table", metavar="TABLE", help="Only this table. Default: each of the plan.")
    ] = None,
    include: Annotated[
        list[str] | None,
        typer.Option("--include-conflict", metavar="KEY", help="Overwrite the row with this key; repeatable."),
    ] = None,
    also_unknown: Annotated[
        bool,
        typer.Option("--also-unknown", help="Write rows, too, of which nobody knows whether they are the damage."),
    ] = False,
    plan: PlanOption = PLAN_FILE,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written back, and stop.")] = False,
    facts: Annotated[
        str | None, typer.Option("--facts", metavar="HASH", help="The hash of the comparison you were shown.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation; needs --facts.")] = False,
) -> None:
    """Write back rows written after the recovery point of a restore.

    After a restore both databases are compared. Rows that only the damaged
    one holds, and that conflict with nothing, are written back with the
    rights of the application. What will be written is shown first, and you
    are asked to confirm. Replay is idempotent. Conflicting rows are left
    alone unless you name them, and so are rows that may be the damage:
    they are shown with the reason. No row passes through this command.

    \b
    Examples:
      lyo-dr replay database-20260329T120000 --dry-run
      lyo-dr replay database-20260329T120000
      lyo-dr replay database-20260329T120000 --table lyo_users \\
          --facts 1f0c9a77be21 --yes

    Needs AWS credentials with the managed policy of operators.

    \b
    Exit codes:
      0  replayed, or nothing to replay; --dry-run: shown
      1  refused, not confirmed, or failed; the output says why
      2  nothing to replay from, or the operator API was not reached
    """
    from cli.operations.replay import Wanted
    from cli.operations.replay import replay as write_back

    wanted = Wanted(table or "", tuple(include or ()), also_unknown)
    raise typer.Exit(write_back(aws_plan(plan), incident, wanted, facts=facts, dry_run=dry_run, yes=yes))
