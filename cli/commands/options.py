"""Options and arguments that several commands share."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from cli.environment import PLAN_VARIABLE, SETTINGS_VARIABLE, set_by_command

PLAN_FILE = Path("plan.yaml")

PlanOption = Annotated[
    Path, typer.Option("--plan", metavar="FILE", help="The plan to use.", envvar=PLAN_VARIABLE, show_default=True)
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help=f"Use another value than the plan's; repeatable. Also: the lines of {SETTINGS_VARIABLE}.",
    ),
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


def settable(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that reads the plan the option ``--set``, in one place for all of them."""
    signature = inspect.signature(command, eval_str=True)
    parameters = list(signature.parameters.values())
    at = next((index for index, each in enumerate(parameters) if each.name == "plan"), None)
    if at is None:
        return command
    option = inspect.Parameter("set_", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=SetOption)
    by_name = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]

    @functools.wraps(command)
    def with_settings(*, set_: list[str] | None = None, **given: Any) -> Any:
        with set_by_command(set_ or []):
            return command(**given)

    changed: Any = with_settings
    changed.__signature__ = signature.replace(parameters=[*by_name[: at + 1], option, *by_name[at + 1 :]])
    return cast(Callable[..., Any], changed)
