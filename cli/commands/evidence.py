"""``lyo-dr evidence``: fetch what was preserved of a breach, and check offline that nothing of it was changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.plan_file import PLAN_FILE, PlanOption, RegionOption, aws_plan, regions_of

evidence_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Evidence of a breach: fetch it, and check that nothing of it was changed.",
)


@evidence_app.command("verify")
def verify(
    path: Annotated[Path, typer.Argument(help="A folder with manifest.jsonl, or the manifest itself.")],
    head: Annotated[
        str | None, typer.Option("--head", help="The head of the manifest, as the incident's timeline says it.")
    ] = None,
) -> None:
    """Check a manifest and its files; nothing is asked of anybody.

    Every entry that was changed, taken out, put in or moved is named, and
    every file that does not have the hash of its entry. Without --head
    nobody can tell that entries were cut off at the end, or that all was
    written anew: take it from the timeline, which lies elsewhere.

    \b
    Examples:
      lyo-dr evidence verify ./breach-1
      lyo-dr evidence verify ./breach-1 --head 3f5c…   the whole hash
      lyo-dr evidence verify ./breach-1/manifest.jsonl

    \b
    Exit codes:
      0  the manifest holds; what could not be preserved is listed
      1  it does not; each fault is a sentence
      2  there is no manifest to check; a sentence says why
    """
    from cli.operations.evidence_manifest import verify as check

    raise typer.Exit(check(path, head))


@evidence_app.command("fetch")
def fetch(
    incident: Annotated[str, typer.Argument(help="The incident's id, as lyo-dr timeline shows it.")],
    folder: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    plan: PlanOption = PLAN_FILE,
    region: RegionOption = None,
) -> None:
    """Download what was preserved of an incident, in the versions of its manifest, and check it.

    The head is taken from the incident's record in the table, which is
    another place under other rights than the bucket.

    \b
    Examples:
      lyo-dr evidence fetch breach-1 ./breach-1
      lyo-dr evidence fetch breach-1 ./breach-1 --region us-west-2

    \b
    Needs AWS credentials of a role the plan names in evidence.readers, with
    s3:GetObject on the bucket, and read of the incident's table.

    \b
    Exit codes:
      0  everything is there, and holds
      1  something does not; each fault is a sentence
      2  it could not be fetched; a sentence says why
    """
    from cli.operations.evidence import fetch as download

    loaded = aws_plan(plan)
    raise typer.Exit(download(loaded, incident, folder, regions_of(loaded.regions.pair, region)))
