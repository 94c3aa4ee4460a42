"""How moments, spans and refusals are written for a person."""

from __future__ import annotations

from datetime import datetime, timedelta

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


def humanize(length: timedelta) -> str:
    """Rounded to what a person needs."""
    seconds = abs(length.total_seconds())
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.0f} days"


def timeline_line(line: Line) -> Text:
    """One sentence of an incident, with its time and step."""
    return Text(f"{line.at:%H:%M:%S.%f}"[:-5] + "  ", "dim") + Text(f"{line.step:<18} ", "cyan") + Text(line.sentence)
