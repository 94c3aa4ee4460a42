"""Reading the plan for a command; a plan that cannot be used ends the command with sentences, not a traceback."""

from __future__ import annotations

from pathlib import Path

import typer
import yaml

from lyo_dr.model.plan import Plan
from lyo_dr.model.plan_file import PlanFaults, read_plan


def load_plan(path: Path) -> Plan:
    """The plan, or exit code 2 with one sentence per fault."""
    try:
        return read_plan(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        _refuse(path, ["there is no such file; name one with --plan"])
    except yaml.YAMLError as fault:
        _refuse(path, [f"this is not YAML: {' '.join(str(fault).split())}"])
    except PlanFaults as faults:
        _refuse(path, faults.faults)
    raise typer.Exit(2)


def _refuse(path: Path, sentences: list[str]) -> None:
    for sentence in sentences:
        typer.echo(f"{path}: {sentence}", err=True)
