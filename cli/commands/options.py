"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.environment import PLAN_VARIABLE

PLAN_FILE = Path("plan.yaml")

PlanOption = Annotated[
    Path, typer.Option("--plan", metavar="FILE", help="The plan to use.", envvar=PLAN_VARIABLE, show_default=True)
]
RegionOption = Annotated[
    str | None, typer.Option("--region", metavar="REGION", help="Only this region. Default: both regions of the plan.")
]
ByOption = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="Who else to name, besides your AWS identity."),
]
YesOption = Annotated[bool, typer.Option("--yes", help="Start without asking for confirmation.")]
WhyOption = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason; recorded with the incident.")]
OptionalWhyOption = Annotated[
    str | None, typer.Option("--why", metavar="TEXT", help="The reason; recorded with the incident.")
]
