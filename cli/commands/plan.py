"""``lyo-dr plan``."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.commands.options import PLAN_FILE, PlanOption, settable
from cli.help import HelpCommand, HelpGroup

plan_app = typer.Typer(
    cls=HelpGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Check the plan: what to protect, where to recover, and limits.",
)


@plan_app.command("check", cls=HelpCommand)
@settable
def check(
    plan: PlanOption = PLAN_FILE,
    json_schema: Annotated[
        bool, typer.Option("--json-schema", help="Print the JSON schema of a plan instead, for editors.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 2 where there are warnings, too.")] = False,
    database: Annotated[
        bool, typer.Option("--database", help="Ask each database whether it has the tables, keys and rights.")
    ] = False,
) -> None:
    """List every fault of the plan, each with its line and a remedy.

    A warning is about what can be meant and mostly is not.
    Nothing is sent anywhere, but by --database: that asks each database of
    the plan whether tables and columns exist, keys are unique, rows can be
    read, and each query answers with one number. It only reads. The address
    of a database named bookings is in LYO_DR_DATABASE_BOOKINGS: the JSON of
    the secret of the SQL functions, so that their user asks, or a URL.

    \b
    Examples:
      lyo-dr plan check
      lyo-dr plan check --plan my.yaml
      lyo-dr plan check --strict
      lyo-dr plan check --set account=210987654321 --set databases[0].rpo=PT1H
      lyo-dr plan check --database
      lyo-dr plan check --json-schema > plan.schema.json
    An editor with YAML support uses the schema when the plan begins with
      # yaml-language-server: $schema=plan.schema.json

    \b
    Exit codes:
      0  the plan can be used, and with --database each database fits
      1  a database does not fit (--database); each reason is listed
      2  it cannot be used, or with --strict there are warnings; each is
         listed. Or a database did not answer (--database)
    """
    from cli.operations.plan import check as check_plan
    from cli.operations.plan import print_schema

    if json_schema:
        print_schema()
    else:
        check_plan(plan, strict=strict, database=database)
