"""``lyo-dr start``: start an incident, for a lost region or a database to restore."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.commands.options import PLAN_FILE, ByOption, OptionalWhyOption, PlanOption, YesOption
from cli.output import hint, refuse
from cli.plan_file import aws_plan
from lyo_dr.model.restore import RestoreRequest


def start(
    lost: Annotated[
        str | None,
        typer.Option("--lost", metavar="REGION", help="The region that is LOST; the other one recovers."),
    ] = None,
    database: Annotated[str | None, typer.Option("--database", metavar="NAME", help="The database to restore.")] = None,
    restore_to: Annotated[
        str | None,
        typer.Option("--restore-to", metavar="TIME", help="Point in time to restore to, such as 2026-03-29T11:58:58Z."),
    ] = None,
    latest: Annotated[
        bool, typer.Option("--latest", help="Restore to the latest restorable time, for a dead instance.")
    ] = False,
    snapshot: Annotated[str | None, typer.Option("--snapshot", metavar="ID", help="Restore this snapshot.")] = None,
    why: OptionalWhyOption = None,
    region: Annotated[
        str | None, typer.Option("--region", metavar="REGION", help="The former name of --lost; still accepted.")
    ] = None,
    plan: PlanOption = PLAN_FILE,
    by: ByOption = None,
    yes: YesOption = False,
) -> None:
    """Start an incident: a lost region, or a database to restore.

    A lost region: the incident checks for itself before it acts. If the
    region is alive, it stands down, and nothing is changed. What will happen
    is shown first, and you are asked to confirm. Nothing is called in the
    lost region.

    A database: restored in the active region (point-in-time recovery) to a
    new instance. Without --restore-to, --latest or --snapshot the evidence
    decides. An impossible time is refused with the nearest possible one,
    before anything is stopped.

    \b
    Examples:
      lyo-dr start --lost eu-west-1              the other region recovers
      lyo-dr start --lost eu-west-1 --why "region-wide outage" --yes
      lyo-dr start --database bookings           damaged: before the damage
      lyo-dr start --database bookings --restore-to 2026-03-29T11:58:58Z
      lyo-dr start --database bookings --latest  a dead instance
      lyo-dr start --lost eu-west-1 --database bookings --restore-to ...
          a lost region whose replica is damaged: restored from
          replicated backups instead of promoted

    Your AWS identity is recorded as who started it, with your reason.

    Needs ordinary AWS credentials that may start the state machine
    incident-response in the recovery region. With AWS_ENDPOINT_URL it works
    on a local AWS (lyo-dr drill --keep).

    \b
    Exit codes:
      0  started; the id of the incident is printed
      1  not started, because you said no
      2  it could not be started; the error says why
    """
    from cli.operations.restore import database_named, restore, restore_request
    from cli.operations.start import start as start_incident

    lost = _lost(lost, region)
    request = restore_request(restore_to, latest, snapshot)
    if database is not None and lost is None:
        raise typer.Exit(restore(aws_plan(plan), database, request, by, why or "", ask_first=not yes))
    if lost is None or (database is None and request != RestoreRequest()) or request.snapshot is not None:
        raise refuse(_contradiction(database, request))
    loaded = aws_plan(plan)
    there = None if database is None else (database_named(loaded, database).name, request)
    raise typer.Exit(start_incident(loaded, lost, by, why or "", ask_first=not yes, restore=there))


def _lost(lost: str | None, region: str | None) -> str | None:
    """The region that is lost, by either name of the option. Raises typer.Exit(2) for two regions."""
    if region is None:
        return lost
    if lost not in (None, region):
        raise refuse(f"--lost {lost} and --region {region} name two regions; only one can be lost")
    hint("--region is the former name of --lost, the region that is LOST; it still works")
    return region


def _contradiction(database: str | None, request: RestoreRequest) -> str:
    """Why these options cannot be combined."""
    if database is not None:
        return "--lost and --snapshot cannot be combined: snapshots are not copied to the other region"
    if request == RestoreRequest():
        return "say what is wrong: --lost for a lost region, or --database for a database to restore"
    option = "--snapshot" if request.snapshot else "--latest" if request.latest else "--restore-to"
    return f"{option} needs --database"
