"""Validation of the recovered service: one response per endpoint of the plan, evaluated together."""

from __future__ import annotations

from lyo_dr.model.deadline import Deadline
from lyo_dr.model.facts import Probe, ServiceState
from lyo_dr.model.plan import Endpoint, Service, ServiceMetric
from lyo_dr.model.verdict import Progress


def endpoint_fault(endpoint: Endpoint, answer: Probe, region: str) -> str | None:
    """What is wrong with one response, or None."""
    if not answer.answered:
        return f"{endpoint.name} does not respond ({answer.error})"
    if answer.status != endpoint.status:
        return f"{endpoint.name} answers {answer.status} instead of {endpoint.status}" + _database(answer)
    if endpoint.ready and answer.database != "read_write":
        return f"{endpoint.name} reports its database as {answer.database or 'unknown'}"
    if endpoint.ready and answer.region != region:
        return f"{endpoint.name} is served by {answer.region or 'an unnamed region'}, not {region}"
    return None


def located(service: str, fault: str | None, url: str) -> str | None:
    """The fault with the service and the URL that was asked, or None."""
    return None if fault is None else f"{service}: {fault}, asked at {url}"


def tasks_fault(service: Service, state: ServiceState) -> str | None:
    """What is wrong with a service that is judged by its tasks, or None."""
    if state.running >= service.minimum:
        return None
    return f"{service.name}: {state.running} of {state.desired} tasks run, minimum is {service.minimum}"


def metric_fault(service: str, metric: ServiceMetric, value: float) -> str | None:
    """What is wrong with the newest value of a service's metric, or None."""
    if metric.at_most is not None and value > metric.at_most:
        return f"{service}: {metric.namespace} {metric.name} is {value:g}, at most {metric.at_most:g} is allowed"
    if metric.at_least is not None and value < metric.at_least:
        return f"{service}: {metric.namespace} {metric.name} is {value:g}, at least {metric.at_least:g} is needed"
    return None


def _database(answer: Probe) -> str:
    return f" (database {answer.database})" if answer.database else ""


def validation_progress(
    faults: list[str],
    *,
    asked: int,
    through: str,
    deadline: Deadline,
    tolerated: list[str] | None = None,
    running: list[str] | None = None,
) -> Progress:
    """Ready without a fault; pending until the budget is used; then broken, with every fault named.

    ``tolerated`` are faults nothing waits for, of services that are not critical: the outcome names them. ``running``
    are services that were judged by their tasks.
    """
    where = "directly at the standby" if through == "standby" else "through the public DNS name"
    if not faults:
        rest = f"; running as planned: {', '.join(running)}" if running else ""
        rest += "".join(f"; not waited for: {fault}" for fault in tolerated or [])
        sentence = f"{asked} of {asked} endpoints respond as expected, checked {where}{rest}"
        return Progress(status="ready", sentence=sentence)
    if deadline.expired:
        return Progress(status="broken", sentence=f"Checked {where}: {'; '.join(faults)}")
    return Progress(
        status="pending", sentence=f"Checked {where}: {'; '.join(faults)}; checking again", wait_seconds=deadline.poll
    )
