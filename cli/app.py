"""``lyo-dr``: the commands, assembled in the groups in which the help shows them."""

from __future__ import annotations

import typer

from cli.commands.breach import breach_app
from cli.commands.consent import approve, decline, questions
from cli.commands.controls import acknowledge, blocked, pause, release, resume, standby
from cli.commands.drill import drill
from cli.commands.evidence import evidence_app
from cli.commands.hand_over import hand_over
from cli.commands.key_done import key_done
from cli.commands.options import settable
from cli.commands.plan import plan_app
from cli.commands.replay import replay
from cli.commands.rotate import rotate
from cli.commands.start import start
from cli.commands.status import status
from cli.commands.steps import retry, skip
from cli.commands.timeline import timeline
from cli.help import HelpCommand, HelpGroup
from cli.output import console
from cli.overview import OVERVIEW

_LOCAL = "On this machine, without an AWS account"
_FOLLOW = "Incidents: start and follow"
_DECIDE = "Incidents: decide and control"
_AFTER = "Secrets, breaches and restored data"

app = typer.Typer(
    cls=HelpGroup,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Disaster recovery on AWS, rehearsed on a laptop.",
)


@app.callback(invoke_without_command=True)
def overview(context: typer.Context) -> None:
    """Disaster recovery on AWS, rehearsed on a laptop.

    Without a command: a short overview with the commands most people want.
    """
    if context.invoked_subcommand is None:
        console().out(OVERVIEW, end="", highlight=False)


for panel, commands in (
    (_LOCAL, (drill,)),
    (_FOLLOW, (status, start, timeline)),
    (_DECIDE, (questions, approve, decline, pause, resume, retry, skip, release, blocked, acknowledge, standby)),
    (_AFTER, (rotate, hand_over, key_done, replay)),
):
    for command in commands:
        app.command(cls=HelpCommand, rich_help_panel=panel)(settable(command))
app.add_typer(plan_app, name="plan", rich_help_panel=_LOCAL)
app.add_typer(breach_app, name="breach", rich_help_panel=_AFTER)
app.add_typer(evidence_app, name="evidence", rich_help_panel=_AFTER)


def main() -> None:
    """Run the command line."""
    app(prog_name="lyo-dr")
