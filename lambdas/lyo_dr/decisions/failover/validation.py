"""Does the recovered service serve? One answer per endpoint of the plan, judged together."""

from __future__ import annotations

from lyo_dr.model.deadline import Deadline
from lyo_dr.model.facts import Probe
from lyo_dr.model.plan import Endpoint
from lyo_dr.model.verdict import Progress


def endpoint_fault(endpoint: Endpoint, answer: Probe, region: str) -> str | None:
    """What is wrong with one answer, or None."""
    if not answer.answered:
        return f"{endpoint.name} does not answer ({answer.error})"
    if answer.status != endpoint.status:
        return f"{endpoint.name} answers {answer.status} instead of {endpoint.status}" + _database(answer)
    if endpoint.ready and answer.database != "read_write":
        return f"{endpoint.name} says its database is {answer.database or 'unknown'}"
    if endpoint.ready and answer.region != region:
        return f"{endpoint.name} is served by {answer.region or 'an unnamed region'}, not {region}"
    return None


def _database(answer: Probe) -> str:
    return f" (database {answer.database})" if answer.database else ""


def validation_progress(
    faults: list[str],
    *,
    asked: int,
    through: str,
    deadline: Deadline,
) -> Progress:
    """Ready without a fault; pending until the budget is spent; then broken with every fault."""
    where = "directly at the stand-by" if through == "standby" else "through the front door"
    if not faults:
        return Progress(status="ready", sentence=f"All {asked} endpoints answer as they should, asked {where}")
    if deadline.expired:
        return Progress(status="broken", sentence=f"Asked {where}: {'; '.join(faults)}")
    return Progress(
        status="pending", sentence=f"Asked {where}: {'; '.join(faults)}; asking again", wait_seconds=deadline.poll
    )
