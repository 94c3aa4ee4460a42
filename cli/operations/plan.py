"""``lyo-dr plan check``: report the faults of a plan, or print its JSON schema."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from cli.output import counted, say
from cli.plan_file import load_plan
from cli.schema import schema
from lyo_dr.model.plan.notices import notices


def check(path: Path) -> None:
    """Report that the plan is complete; typer.Exit(2) after its faults otherwise."""
    plan = load_plan(path)
    protected = f"{counted(len(plan.databases), 'database')} and {counted(len(plan.services), 'service')}"
    say(f"{path} is complete: {protected}, {plan.regions.primary} recovers in {plan.regions.secondary}.")
    for notice in notices(plan):
        say(f"Note: {notice}.")


def print_schema() -> None:
    """Print shapes, names and descriptions; the rules between fields are checked by ``check``."""
    typer.echo(json.dumps(schema(), indent=2))
