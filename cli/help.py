"""Layout of the help pages: no type beside a flag or argument, paragraphs of any width, examples line by line."""

from __future__ import annotations

import inspect
from typing import Any

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from cli.output import unforeseen_is_2

_KEEP_LINES = "\b\n"
"""The mark of a paragraph whose lines are kept, such as examples."""


class HelpCommand(TyperCommand):
    """A command whose help fits its console."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.help = reflow(self.help or "")

    def get_params(self, ctx: Any) -> list[Any]:
        """List the parameters, without the types that tell a person nothing."""
        return [_without_type(parameter) for parameter in super().get_params(ctx)]

    def invoke(self, ctx: Any) -> Any:
        """Run it; an error that nobody foresaw is a sentence and exit code 2, with its details in a file."""
        with unforeseen_is_2():
            return super().invoke(ctx)


class HelpGroup(TyperGroup):
    """A group of commands whose help fits its console."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.help = reflow(self.help or "")

    def get_params(self, ctx: Any) -> list[Any]:
        """List the parameters, without the types that tell a person nothing."""
        return [_without_type(parameter) for parameter in super().get_params(ctx)]


def reflow(text: str) -> str:
    """Join the lines of each paragraph, so that it wraps where the console ends; marked ones keep their lines."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(
        each.removeprefix(_KEEP_LINES) if each.startswith(_KEEP_LINES) else " ".join(each.split("\n"))
        for each in paragraphs
    )


def _without_type(parameter: Any) -> Any:
    """A flag takes no value; the type of an argument says less than its name."""
    if isinstance(parameter, TyperOption) and parameter.is_flag:
        parameter.metavar = ""
    if isinstance(parameter, TyperArgument):
        vars(parameter)["display_type_rich"] = _no_type
        if parameter.required:  # Typer would put it in braces, which look like a choice
            vars(parameter)["get_usage_pieces"] = lambda _ctx, name=parameter.display_name_raw: [name]
    return parameter


def _no_type(ctx: Any) -> None:  # noqa: ARG001 - it stands in for a method of Typer
    return None
