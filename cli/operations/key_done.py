"""``lyo-dr key-done``: close the task of a key that a person has replaced, in the active region."""

from __future__ import annotations

from cli.operations.rotate import active_region
from cli.operator_api import OperatorApiUnreachable, print_reply, send_command
from cli.output import refuse
from lyo_dr.model.plan import Plan


def key_done(plan: Plan, secret: str, key: str, why: str) -> int:
    """Send the word of a person to the region that keeps the task; the exit code. Raises typer.Exit(2)."""
    here = active_region(plan)
    try:
        return print_reply(send_command(plan, here, action="settle", secret=secret, key=key, why=why))
    except OperatorApiUnreachable as closed:
        raise refuse(str(closed)) from None
