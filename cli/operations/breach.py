"""``lyo-dr breach report`` and ``lift``: an incident is started in the active region, or its containment ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import typer

from cli.operations.rotate import active_region
from cli.operations.start import started
from cli.operator_api import DoorClosed, order
from cli.operator_api import report as report_said
from cli.output import refuse, say
from cli.region_view import ask
from lyo_dr.decisions.breach.blocking import choose_addresses
from lyo_dr.decisions.incident.findings import breach_name
from lyo_dr.model.breach import BreachReport
from lyo_dr.model.evidence import Suspects
from lyo_dr.model.incident import Signal
from lyo_dr.model.plan import Breach, Plan


def report(plan: Plan, suspects: Suspects, severity: float, by: str, *, ask_first: bool) -> int:
    """Start a breach in the active region; 0 started, 1 not started on request. Raises typer.Exit(2)."""
    breach = _part(plan)
    for name in suspects.secrets:
        if name not in {secret.name for secret in plan.secrets}:
            raise refuse(f"{name!r} is no secret of this plan; there is {', '.join(s.name for s in plan.secrets)}")
    here, now = active_region(plan), datetime.now(UTC)
    for sentence in foretell(plan, breach, suspects, severity, here):
        say(sentence)
    if ask_first and not typer.confirm("Start the response to a breach?"):
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
    signal = Signal(kind="breach", source="operator", region=here, at=now, by=by, breach=hint)
    return started(plan, here, breach_name(signal), signal)


def lift(plan: Plan, incident: str, why: str) -> int:
    """Put the order to the door of the region that has worked on it. Raises typer.Exit(2)."""
    answers = ask(plan, plan.regions.pair, lambda view: view.incidents.head(incident))
    found = [answer.region for answer in answers if answer.value is not None and answer.value.get("breach")]
    if not found:
        raise refuse(f"no region that answers knows a breach {incident!r}")
    try:
        return report_said(order(plan, found[0], action="lift", incident=incident, why=why))
    except DoorClosed as closed:
        raise refuse(str(closed)) from None


def foretell(plan: Plan, breach: Breach, suspects: Suspects, severity: float, here: str) -> Iterator[str]:
    """What will happen, by the plan."""
    chosen, refused = choose_addresses(plan, breach, suspects.addresses)
    yield f"A breach of severity {severity:g}, worked on in {here}, which is active:"
    yield f"  1. {', '.join(breach.contacts)} and the responders are told, and the 72 hours begin."
    yield "  2. Evidence is preserved, before anything is started anew."
    if severity < breach.severity:
        yield f"  That is all: the plan's threshold is {breach.severity:g}."
        return
    yield f"  3. Blocked at the web ACLs: {', '.join(chosen) or 'no address'}."
    yield from (f"     {sentence}." for sentence in refused)
    how = "by itself" if plan.policy.breach == "automatic" else "after a person's consent"
    rotated = ", ".join(breach.secrets) or "no secret"
    yield f"  4. {how.capitalize()}: {rotated} rotated, older sessions end, all is proven."


def _part(plan: Plan) -> Breach:
    if plan.breach is None:
        raise refuse("this plan has no part on breaches; write one (docs/runbooks/breach.md)")
    return plan.breach
