"""``lyo-dr hand-over``: a key from a person to Secrets Manager. It is never an argument, printed, or read back."""

from __future__ import annotations

import json
import sys

import typer

from cli.aws_errors import explain
from cli.operations.rotate import active_region, start
from cli.output import refuse, say
from lyo_dr.adapters.aws import secretsmanager
from lyo_dr.decisions.rotation.issued_keys import fit_key
from lyo_dr.errors import LyoDrError
from lyo_dr.model.issuer import HANDED_OVER, KeyName
from lyo_dr.model.plan import Plan
from lyo_dr.model.rotation import RotationRequest


def hand_over(plan: Plan, secret: str, key: str, by: str) -> int:
    """Read the key, hand it over where the application lives, start what takes it; 0. Raises typer.Exit(2)."""
    name = KeyName(secret, key)
    if name not in plan.issued():
        known = ", ".join(f"{each.secret} {each.key}" for each in plan.issued()) or "none in this plan"
        raise refuse(f"{name} is no key that is handed over; there is {known}")
    here = active_region(plan)
    try:
        value = fit_key(_read())
        secretsmanager.hand_over(secret, here, HANDED_OVER + key, json.dumps({key: value}))
    except LyoDrError as refusal:
        raise refuse(f"nothing was handed over: {explain(refusal, here)}") from None
    say(f"Handed over to Secrets Manager in {here}; {plan.issued()[name].issuer} is asked whether it is valid.")
    return start(plan, RotationRequest(by=by, keys=[name]), here)


def _read() -> str:
    """From a person who sees nothing of it, or from whatever is piped in."""
    if sys.stdin.isatty():
        return str(typer.prompt("The new key (it is not shown)", hide_input=True)).strip()
    return sys.stdin.readline().strip()
