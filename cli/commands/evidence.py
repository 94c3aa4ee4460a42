"""``lyo-dr evidence``: download the preserved evidence of a breach, and verify it offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.commands.options import PLAN_FILE, PlanOption, RegionOption, settable
from cli.help import HelpCommand, HelpGroup
from cli.plan_file import aws_plan, regions_of

evidence_app = typer.Typer(
    cls=HelpGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Download the evidence of a breach, or verify its integrity.",
)


@evidence_app.command("verify", cls=HelpCommand)
def verify(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A folder with manifest.jsonl, or the manifest itself.")],
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="HASH", help="The head of the manifest, from the timeline of the incident."),
    ] = None,
) -> None:
    """Verify a manifest and its files, offline.

    Reports every entry that was changed, removed, inserted or moved, and
    every file whose hash is not that of its entry. Without --head, entries
    cut off at the end, or a manifest rewritten as a whole, cannot be detected:
    take the head from the timeline, which is stored elsewhere.

    \b
    Examples:
      lyo-dr evidence verify ./breach-1
      lyo-dr evidence verify ./breach-1 --head 3f5c…   the whole hash
      lyo-dr evidence verify ./breach-1/manifest.jsonl

    \b
    Exit codes:
      0  intact; what could not be preserved is listed
      1  not intact; each fault is listed
      2  there is no manifest to verify; the error says why
    """
    from cli.operations.evidence_manifest import verify as check

    raise typer.Exit(check(path, head))


@evidence_app.command("fetch", cls=HelpCommand)
@settable
def fetch(
    incident: Annotated[
        str, typer.Argument(metavar="INCIDENT", help="Id of the incident; `lyo-dr timeline` shows it.")
    ],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new or empty folder.")],
    plan: PlanOption = PLAN_FILE,
    region: RegionOption = None,
) -> None:
    """Download the evidence of an incident, and verify it.

    Every file is fetched in the version its manifest names. The head comes
    from the incident's record in the table, which is stored elsewhere and
    under other permissions than the bucket.

    \b
    Examples:
      lyo-dr evidence fetch breach-1 ./breach-1
      lyo-dr evidence fetch breach-1 ./breach-1 --region us-west-2

    Needs AWS credentials of a role the plan names in evidence.readers, with
    s3:GetObject on the bucket, and read access to the incident's table.

    \b
    Exit codes:
      0  complete and intact
      1  not intact; each fault is listed
      2  it could not be fetched; the error says why
    """
    from cli.operations.evidence import fetch as download

    loaded = aws_plan(plan)
    raise typer.Exit(download(loaded, incident, folder, regions_of(loaded.regions.pair, region)))
