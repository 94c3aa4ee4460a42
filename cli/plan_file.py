"""Loading the plan for a command; a plan that cannot be used ends the command with its faults, not a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from cli.environment import BadEndpoint, endpoint, settings
from cli.output import console, refuse
from drills.terminal import Row

if TYPE_CHECKING:
    from lyo_dr.model.plan import Plan
    from lyo_dr.model.plan.rehearsal import Rehearsal


def load_for_drill(path: Path) -> tuple[Plan, Rehearsal]:
    """The plan, and what it is rehearsed with; exit code 2 with one line per fault when either cannot be used."""
    from cli.plan_reader import UnusablePlan, load_with_rehearsal

    try:
        return load_with_rehearsal(path, settings())
    except UnusablePlan as unusable:
        print_sentences(unusable.faults)
        raise typer.Exit(2) from None


def load_plan(path: Path) -> Plan:
    """Load the plan; exit code 2 with one line per fault when it cannot be used."""
    from cli.plan_reader import UnusablePlan, load

    try:
        return load(path, settings())
    except UnusablePlan as unusable:
        print_sentences(unusable.faults)
        raise typer.Exit(2) from None


def aws_plan(path: Path) -> Plan:
    """Load the plan for a command that calls AWS, which also needs a valid endpoint."""
    try:
        endpoint()
    except BadEndpoint as bad:
        raise refuse(str(bad)) from None
    return load_plan(path)


def regions_of(pair: tuple[str, str], region: str | None) -> tuple[str, ...]:
    """Both regions of the plan, or the one of ``--region``. Raises typer.Exit(2)."""
    if region is not None and region not in pair:
        raise refuse(f"{region!r} is not a region of this plan; use --region {' or '.join(pair)}")
    return pair if region is None else (region,)


def print_sentences(sentences: list[str]) -> None:
    """Each on a line of its own, on standard error."""
    for sentence in sentences:
        console(stderr=True).print(Row("", sentence, indent=2))
