"""When a service may be raised: after those it comes after, and, where it runs once, after authority."""

from __future__ import annotations

from lyo_dr.model.deadline import Deadline
from lyo_dr.model.facts import ServiceState
from lyo_dr.model.plan import Plan, Service
from lyo_dr.model.plan.order import depth, rank


def not_yet(plan: Plan, service: Service, before: dict[str, ServiceState], deadline: Deadline) -> str | None:
    """Why the service has to wait for its turn, or None.

    ``before`` are the states of the services it comes after. They have their share of the stage's budget: one that does
    not come up keeps no other from being raised, and is itself waited for until the budget is over.
    """
    waited_for = [name for name, state in before.items() if not _settled(plan.service(name), state)]
    if not waited_for or deadline.elapsed >= deadline.budget * rank(plan, service.name) / (depth(plan) + 1):
        return None
    return f"{service.name} is raised after {', '.join(waited_for)}, not stable yet"


def not_here(service: Service, *, authority: bool, region: str) -> str | None:
    """Why a service must not run in this region before it has taken authority, or None."""
    if authority or not service.runs_once:
        return None
    return f"{service.name} runs once: it is raised when {region} has taken authority"


def after_authority(plan: Plan) -> list[str]:
    """Names of the services that are raised only then."""
    return [service.name for service in plan.services if service.runs_once]


def _settled(service: Service, state: ServiceState) -> bool:
    """Whether all tasks of the plan run, or the rollout has ended without them.

    A standby that keeps fewer tasks warm is stable, too, before it is raised; it is not what is waited for.
    """
    if state.rollout == "FAILED":
        return True
    return state.desired >= service.desired and state.running >= state.desired and state.pending == 0
