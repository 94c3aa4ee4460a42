"""``lyo-dr breach report`` and ``breach lift``: start an incident in the active region, or end its containment."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Iterator
from datetime import UTC, datetime

from cli.identity import caller_name
from cli.operations.rotate import active_region
from cli.operations.start import started
from cli.operator_api import OperatorApiUnreachable, print_reply, send_command
from cli.output import confirm, refuse, say
from cli.region_view import ask, failures
from lyo_dr.decisions.breach.blocking import choose_addresses
from lyo_dr.decisions.incident.findings import breach_name
from lyo_dr.model.breach import BreachReport
from lyo_dr.model.evidence import Suspects
from lyo_dr.model.incident import Signal
from lyo_dr.model.plan import Breach, Plan


def report(plan: Plan, suspects: Suspects, severity: float, by: str | None, *, ask_first: bool) -> int:
    """Start a breach response in the active region; 0 started, 1 not confirmed. Raises typer.Exit(2)."""
    breach = _settings(plan)
    _must_be_meant(plan, suspects, severity)
    here, now = active_region(plan), datetime.now(UTC)
    for sentence in preview(plan, breach, suspects, severity, here):
        say(sentence)
    if ask_first and not confirm("Start the response to a breach?"):
        say("Nothing was started.")
        return 1
    hint = BreachReport(
        finding=f"report-{now:%Y%m%dT%H%M%S}",
        severity=severity,
        what="a person's report",
        principals=suspects.principals,
        addresses=suspects.addresses,
        secrets=suspects.secrets,
    )
    signal = Signal(kind="breach", source="operator", region=here, at=now, by=caller_name(here, by), breach=hint)
    return started(plan, here, breach_name(signal), signal)


def _must_be_meant(plan: Plan, suspects: Suspects, severity: float) -> None:
    """The bounds of a severity are typer's, but NaN is in none."""
    if math.isnan(severity):
        raise refuse("--severity is no number; write one from 0 to 10")
    for name in suspects.secrets:
        if name not in {secret.name for secret in plan.secrets}:
            raise refuse(f"{name!r} is not a secret of this plan; choose {' or '.join(s.name for s in plan.secrets)}")
    for address in suspects.addresses:
        _must_be_address(address)


def lift(plan: Plan, incident: str, why: str) -> int:
    """Lift the containment, in the region that handled the breach; the exit code. Raises typer.Exit(2)."""
    answers = ask(plan, plan.regions.pair, lambda view: view.store.incidents.head(incident))
    found = [answer.region for answer in answers if answer.value is not None and answer.value.get("breach")]
    if not found:
        if missing := failures(answers):
            raise refuse(f"whether there is a breach {incident!r} is not known", *missing)
        raise refuse(f"there is no breach {incident!r}")
    try:
        return print_reply(send_command(plan, found[0], action="lift", incident=incident, why=why))
    except OperatorApiUnreachable as closed:
        raise refuse(str(closed)) from None


def preview(plan: Plan, breach: Breach, suspects: Suspects, severity: float, here: str) -> Iterator[str]:
    """Say what will happen, by the plan."""
    chosen, refused = choose_addresses(plan, breach, suspects.addresses)
    yield f"A breach of severity {severity:g}, handled in {here}, the active region:"
    yield f"  1. {', '.join(breach.contacts)} and the responders are notified, and the 72 hours begin."
    yield "  2. Evidence is preserved, before any task is replaced."
    if severity < breach.severity:
        yield f"  Nothing else: the threshold of the plan is {breach.severity:g}."
        return
    yield f"  3. Blocked at the web ACLs: {', '.join(chosen) or 'no address'}."
    yield from (f"     {sentence}." for sentence in refused)
    how = "automatically" if plan.policy.breach == "automatic" else "after approval"
    rotated = ", ".join(breach.secrets) or "no secret"
    yield f"  4. {how.capitalize()}: {rotated} rotated, older sessions revoked, each step verified."


def _settings(plan: Plan) -> Breach:
    if plan.breach is None:
        raise refuse("this plan has no `breach` section; docs/runbooks/breach.md shows how to write one")
    return plan.breach


def _must_be_address(text: str) -> None:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise refuse(f"--address: {text!r} is not an IP address or network, such as 203.0.113.7") from None
