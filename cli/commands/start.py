"""The command ``lyo-dr start``: what a person may say is wrong, and which words go together."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.environment import person
from cli.output import refuse
from cli.plan_file import PLAN_FILE, PlanOption, aws_plan
from lyo_dr.model.restore import RestoreRequest


def start(
    region: Annotated[
        str | None, typer.Option("--region", help="The region that is LOST; the other one recovers.")
    ] = None,
    database: Annotated[str | None, typer.Option("--database", help="The database to restore.")] = None,
    restore_to: Annotated[
        str | None, typer.Option("--restore-to", help="To this moment, with its zone: 2026-03-29T11:58:58Z.")
    ] = None,
    latest: Annotated[bool, typer.Option("--latest", help="To the latest moment there is: a dead instance.")] = False,
    snapshot: Annotated[str | None, typer.Option("--snapshot", help="To this snapshot.")] = None,
    plan: PlanOption = PLAN_FILE,
    by: Annotated[str | None, typer.Option("--by", help="In whose name; it stands on the incident.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before starting.")] = False,
) -> None:
    """Say that a region is lost, or that a database has to be restored: start an incident.

    A lost region: the incident looks for itself before it acts: if the region lives,
    it stands down, and nothing is changed. What will happen is shown first,
    and you are asked. This command calls nothing in the lost region.

    A database: restored in the active region, beside the instance it is in.
    Without a moment the evidence decides; an impossible one is refused with
    the nearest that can be had, before anything is stopped.

    \b
    Examples:
      lyo-dr start --region eu-west-1            the other region recovers
      lyo-dr start --region eu-west-1 --by ada --yes
      lyo-dr start --database bookings           damaged data: before the damage
      lyo-dr start --database bookings --restore-to 2026-03-29T11:58:58Z
      lyo-dr start --database bookings --latest  a dead instance
      lyo-dr start --region eu-west-1 --database bookings --restore-to ...
          a lost region whose replica is damaged: restored there from
          replicated backups, not promoted

    \b
    Needs ordinary AWS credentials that may start the state machine
    incident-response in the recovery region. With AWS_ENDPOINT_URL it works
    on a local AWS (lyo-dr drill --keep).

    \b
    Exit codes:
      0  started; its name is printed
      1  not started, because you said no
      2  it could not be started; a sentence says why
    """
    from cli.operations.restore import database_named, restore, wish_of
    from cli.operations.start import start as start_incident

    name = person() if by is None else by
    wish = wish_of(restore_to, latest, snapshot)
    if database is not None and region is None:
        raise typer.Exit(restore(aws_plan(plan), database, wish, name, ask_first=not yes))
    if region is None or (database is None and wish != RestoreRequest()) or wish.snapshot is not None:
        raise refuse(
            "say what is wrong: --region, or --database with at most one moment; snapshots stay in their region"
        )
    loaded = aws_plan(plan)
    there = None if database is None else (database_named(loaded, database).name, wish)
    raise typer.Exit(start_incident(loaded, region, name, ask_first=not yes, restore=there))
