"""``lyo-dr retry`` and ``lyo-dr skip``: one step of an incident, by its name."""

from __future__ import annotations

import re
from pathlib import Path

from cli.operations.failed_incident import find_incident
from cli.operations.resume import resume_found
from cli.operator_api import OperatorApiUnreachable, print_reply, send_command
from cli.output import refuse, say
from lyo_dr.decisions.incident.retry import may_retry
from lyo_dr.model.plan import Plan

_MACHINES = Path(__file__).resolve().parents[2] / "state_machines"
_OF_A_FAILOVER = (
    "incident_response",
    "gather_facts",
    "await_consent",
    "region_failover",
    "fence_region",
    "promote_database",
    "restore_replicated",
    "deploy_service",
    "switch_traffic",
    "validate_recovery",
)
_STEP = re.compile(r"(?:Resource|FunctionName): \$\{(\w+)\}")


def steps_of_a_failover() -> list[str]:
    """Names of the steps of the machines that a failover consists of, in their order."""
    found = [
        name
        for machine in _OF_A_FAILOVER
        for name in _STEP.findall((_MACHINES / f"{machine}.asl.yaml").read_text(encoding="utf-8"))
    ]
    return list(dict.fromkeys(found))


def retry_step(plan: Plan, incident: str, step: str, by: str | None, why: str, *, ask_first: bool) -> int:
    """Take the incident up again if this step is what failed; 0 started, 1 not confirmed. Raises typer.Exit(2)."""
    found = find_incident(plan, incident)
    verdict = may_retry(
        found.incident,
        step,
        known=steps_of_a_failover(),
        failures=found.failures,
        execution=found.execution,
        running=found.running,
    )
    if verdict.what == "refused":
        raise refuse(f"nothing was started: {verdict.sentence}")
    say(f"{verdict.sentence}.")
    if verdict.what == "under_way":
        return 0
    return resume_found(plan, found, by, f"{step} is retried: {why}", ask_first=ask_first)


def skip_step(plan: Plan, incident: str, step: str, why: str) -> int:
    """Let the incident go on without the step; 0 recorded, 1 refused. Raises typer.Exit(2)."""
    found = find_incident(plan, incident, nothing="nothing was skipped")
    try:
        return print_reply(send_command(plan, found.region, action="skip", incident=found.incident, step=step, why=why))
    except OperatorApiUnreachable as closed:
        raise refuse(str(closed)) from None
