"""Loading the plan for a command; a plan that cannot be used ends the command with its faults, not a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import typer
import yaml

from cli.environment import BadEndpoint, endpoint
from cli.output import console, refuse
from drills.terminal import Row
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import PlanFaults, read_plan


def load_plan(path: Path) -> Plan:
    """Load the plan; exit code 2 with one line per fault when it cannot be used."""
    try:
        return read_plan(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        _refuse(path, ["no such file; name the plan with --plan"])
    except UnicodeDecodeError:
        _refuse(path, ["not a UTF-8 text file; name the plan with --plan"])
    except OSError as fault:
        _refuse(path, [f"the file cannot be read: {(fault.strerror or str(fault)).lower()}"])
    except yaml.YAMLError as fault:
        _refuse(path, [f"not valid YAML: {' '.join(str(fault).split())}"])
    except PlanFaults as faults:
        _refuse(path, faults.faults)


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


def _refuse(path: Path, sentences: list[str]) -> NoReturn:
    for sentence in sentences:
        console(stderr=True).print(Row("", f"{path}: {sentence}", indent=2))
    raise typer.Exit(2)
