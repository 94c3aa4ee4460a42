"""Reading the plan for a command; a plan that cannot be used ends the command with sentences, not a traceback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import yaml

from cli.environment import PLAN_VARIABLE, BadEndpoint, endpoint
from cli.output import refuse
from cli.schema import schema
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import PlanFaults, read_plan

PLAN_FILE = Path("plan.yaml")
PlanOption = Annotated[Path, typer.Option("--plan", help="The plan to use.", envvar=PLAN_VARIABLE)]
RegionOption = Annotated[str | None, typer.Option("--region", help="Ask this region only. Default: both of the plan.")]


def load_plan(path: Path) -> Plan:
    """The plan, or exit code 2 with one sentence per fault."""
    try:
        return read_plan(yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        _refuse(path, ["there is no such file; name one with --plan"])
    except UnicodeDecodeError:
        _refuse(path, ["this is not text in UTF-8; name the plan with --plan"])
    except OSError as fault:
        _refuse(path, [f"the file cannot be read: {(fault.strerror or str(fault)).lower()}"])
    except yaml.YAMLError as fault:
        _refuse(path, [f"this is not YAML: {' '.join(str(fault).split())}"])
    except PlanFaults as faults:
        _refuse(path, faults.faults)


def aws_plan(path: Path) -> Plan:
    """The plan of a command that asks AWS, which also needs to know where AWS is."""
    try:
        endpoint()
    except BadEndpoint as bad:
        raise refuse(str(bad)) from None
    return load_plan(path)


def regions_of(pair: tuple[str, str], region: str | None) -> tuple[str, ...]:
    """Both regions of a plan, or the one that was named."""
    if region is not None and region not in pair:
        raise refuse(f"{region!r} is not a region of this plan; --region is {' or '.join(pair)}")
    return pair if region is None else (region,)


def plan_schema() -> str:
    """The JSON schema of a plan, for editors: shapes and names; the rules between them are checked by ``check``."""
    return json.dumps(schema(), indent=2)


def _refuse(path: Path, sentences: list[str]) -> NoReturn:
    for sentence in sentences:
        typer.echo(f"{path}: {sentence}", err=True)
    raise typer.Exit(2)
