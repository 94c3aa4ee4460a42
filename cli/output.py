"""Output of the commands: sentences that wrap in a terminal, errors, timestamps, progress and prompts."""

from __future__ import annotations

import os
import re
import tempfile
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import typer
from rich.console import Console
from rich.text import Text
from typer.exceptions import TyperException

from cli.environment import has_width
from drills.terminal import Row, counted
from lyo_dr.model.incident import Line

__all__ = [
    "confirm",
    "console",
    "counted",
    "hint",
    "paste",
    "print_row",
    "prompt",
    "refuse",
    "say",
    "timeline_line",
    "working",
]

SILENT_SECONDS = 5.0
"""Without a terminal, progress is reported once a wait has lasted this long."""
_PREFIX = re.compile(r"\s*(?:(?:\d+\.|-)\s+)?")
"""What a continuation line is indented by: the indentation of the sentence, with its number or dash."""
CTRL_C = 130
"""Exit code after Ctrl-C."""
_busy = threading.Event()
"""Set while progress is shown."""


def console(*, stderr: bool = False) -> Console:
    """Build a console: it wraps in a terminal (or where COLUMNS is exported); in a pipe a sentence is one line."""
    made = Console(highlight=False, stderr=stderr)
    made.soft_wrap = not (made.is_terminal or has_width())
    return made


def say(sentence: str, style: str = "") -> None:
    """Print one sentence, taken literally."""
    prefix = _PREFIX.match(sentence)
    indent = prefix.end() if prefix else 0
    print_row(sentence[:indent], Text(sentence[indent:], style))


def print_row(cells: Text | str, sentence: Text | str) -> None:
    """Print cells and the sentence behind them, which wraps inside its own column."""
    console().print(Row(cells, sentence))


def paste(command: str) -> None:
    """Print a command on a line of its own that is never broken, so that it can be pasted."""
    console().print(Text(command), soft_wrap=True)


def refuse(sentence: str, *more: str) -> typer.Exit:
    """Print why the command could not do its work, on standard error; to be raised."""
    for each in (sentence, *more):
        console(stderr=True).print(Row("lyo-dr: ", each))
    return typer.Exit(2)


def hint(sentence: str) -> None:
    """Print advice on standard error; the command goes on."""
    console(stderr=True).print(Row("lyo-dr: ", Text(sentence, "yellow")))


def confirm(question: str) -> bool:
    """Ask for a yes. Raises typer.Exit(130) on Ctrl-C."""
    with _ctrl_c_is_130():
        return bool(typer.confirm(question))


def prompt(question: str, *, hidden: bool = False) -> str:
    """Ask for a line of text. Raises typer.Exit(130) on Ctrl-C."""
    with _ctrl_c_is_130():
        return str(typer.prompt(question, hide_input=hidden))


@contextmanager
def unforeseen_is_2() -> Iterator[None]:
    """Turn an error that nobody foresaw into a sentence and exit code 2. The traceback goes to a file of its own."""
    try:
        yield
    except (typer.Exit, typer.Abort, TyperException):
        raise
    except Exception as error:
        handle, name = tempfile.mkstemp(prefix="lyo-dr-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8") as log:
            log.write(traceback.format_exc())
        what = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        raise refuse(f"the command failed unexpectedly ({what}); the details are in {name}") from None


@contextmanager
def _ctrl_c_is_130() -> Iterator[None]:
    try:
        yield
    except typer.Abort as abort:
        if not isinstance(abort.__context__, KeyboardInterrupt):
            raise  # end of input: there is no one to answer
        typer.echo("", err=True)
        raise typer.Exit(CTRL_C) from None


@contextmanager
def working(on: str) -> Iterator[None]:
    """Show that something is under way: a spinner in a terminal; elsewhere one line, if it takes long."""
    if _busy.is_set():  # one at a time: that of the larger piece of work
        yield
        return
    page = console(stderr=True)
    _busy.set()
    try:
        with page.status(Text(f"{on} ...")) if page.is_terminal else _line_if_slow(page, on):
            yield
    finally:
        _busy.clear()


@contextmanager
def _line_if_slow(page: Console, on: str) -> Iterator[None]:
    timer = threading.Timer(SILENT_SECONDS, lambda: page.print(Row("lyo-dr: ", f"{on}; still waiting")))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def timestamp(at: datetime) -> str:
    """Format a point in time; the zone is always UTC here."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def timeline_line(line: Line) -> Row:
    """One sentence of an incident, with its time and step."""
    cells = Text(f"{line.at:%H:%M:%S.%f}"[:-5] + "  ", "dim") + Text(f"{line.step:<20}  ", "cyan")
    return Row(cells, line.sentence)
