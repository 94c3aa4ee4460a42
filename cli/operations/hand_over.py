"""``lyo-dr hand-over``: put a key into Secrets Manager. It is never an argument, printed, or read back."""

from __future__ import annotations

import json
import sys

from cli.aws_errors import explain
from cli.identity import caller_name
from cli.operations.rotate import active_region, start
from cli.output import prompt, refuse, say
from lyo_dr.adapters.aws import secretsmanager
from lyo_dr.decisions.rotation.issued_keys import fit_key
from lyo_dr.errors import LyoDrError
from lyo_dr.model.issuer import HANDED_OVER, KeyName
from lyo_dr.model.plan import Plan
from lyo_dr.model.rotation import RotationRequest


def hand_over(plan: Plan, secret: str, key: str, by: str | None) -> int:
    """Read the key, store it in the active region, start a rotation that tests it; 0. Raises typer.Exit(2)."""
    name = KeyName(secret, key)
    if name not in plan.issued():
        known = ", ".join(f"{each.secret} {each.key}" for each in plan.issued())
        if not known:
            raise refuse(f"{secret!r} has no key that can be handed over: this plan has no manually issued keys")
        raise refuse(f"{name} is not a manually issued key; choose {known}")
    here = active_region(plan)
    try:
        value = fit_key(_read())
        secretsmanager.hand_over(plan.secret_in(secret, here), here, HANDED_OVER + key, json.dumps({key: value}))
    except LyoDrError as refusal:
        raise refuse(f"nothing was handed over in {here}: {explain(refusal, here)}") from None
    say(f"Stored in Secrets Manager in {here}; the rotation tests it with {plan.issued()[name].issuer}.")
    return start(plan, RotationRequest(by=caller_name(here, by), keys=[name]), here)


def _read() -> str:
    """Read the key without echo in a terminal, else from standard input."""
    if sys.stdin.isatty():
        return prompt("The new key (input is hidden)", hidden=True).strip()
    return sys.stdin.readline().strip()
