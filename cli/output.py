"""How moments, spans and refusals are written for a person."""

from __future__ import annotations

from datetime import datetime

import typer
from rich.console import Console
from rich.text import Text

from lyo_dr.model.incident import Line


def console() -> Console:
    """Where results go. Sentences are one line each, also where the terminal is narrow."""
    return Console(highlight=False, soft_wrap=True)


def say(sentence: str, style: str = "") -> None:
    """One sentence, taken literally."""
    console().print(Text(sentence, style))


def refuse(sentence: str) -> typer.Exit:
    """Say why the command could not do its work; to be raised."""
    typer.echo(f"lyo-dr: {sentence}", err=True)
    return typer.Exit(2)


def timestamp(at: datetime) -> str:
    """A moment with its zone, which is always UTC here."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def timeline_line(line: Line) -> Text:
    """One sentence of an incident, with its time and step."""
    return Text(f"{line.at:%H:%M:%S.%f}"[:-5] + "  ", "dim") + Text(f"{line.step:<18} ", "cyan") + Text(line.sentence)
