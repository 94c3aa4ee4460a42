"""What each state machine waits for, and for how long by the plan: one stage per budget it polls against."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec

from lyo_dr.model.deadline import RESTORE_SHARE
from lyo_dr.model.plan import Database, Plan

MOST_ATTEMPTS = 3
"""Attempts to restore a database that a machine has time for, each at its full budget.

``restore.max_restores`` counts more, but most of those are restores of a search, which has a machine of its own, and
an attempt rarely takes its whole budget: what is left of the time decides whether one more fits.
"""

_POLL = 9
"""History events of one poll: a task five, a Choice two, a Wait two (counted in executions of these machines)."""
_POLL_BY_TWO = 14
"""The same where two tasks look, one after the other."""


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a machine that ends by a budget of the plan at the latest."""

    waits: tuple[str, ...]
    """Its Wait states. Several share one budget if they count from the same start."""
    budget: str
    """The field of the plan, for sentences."""
    lasts: timedelta
    lanes: int = 1
    """How many of them run in parallel within the one execution."""
    share: int = 0
    """How much rarer looks become the longer it takes (:func:`lyo_dr.model.deadline.patience`); 0: not at all."""
    times: int = 1
    """How often the stage may be gone through, each time from its beginning; ``lasts`` is all of them."""
    events: int = _POLL
    """History events of one look."""


def _stage(budget: str, lasts: timedelta, *waits: str, events: int = _POLL) -> Stage:
    return Stage(waits=waits, budget=f"budgets.{budget}", lasts=lasts, events=events)


def attempts(plan: Plan) -> int:
    """Attempts to restore a database that the machines have time for."""
    return min(MOST_ATTEMPTS, max((database.restore.max_restores for database in plan.databases), default=1))


def longest(plan: Plan, of: Callable[[Database], timedelta]) -> timedelta:
    """The largest value among the databases; machines are the same for all of them."""
    return max((of(database) for database in plan.databases), default=timedelta())


def to_rotate(plan: Plan) -> tuple[int, int, int]:
    """How many logins, tokens and issued keys one rotation may change; also for a plan whose names do not match yet."""
    return len(plan.with_passwords()), len(plan.regions.pair) * len(plan.caches), len(plan.issued())


def stages_of(plan: Plan) -> dict[str, tuple[Stage, ...]]:
    """By machine, every stage in which it polls; a machine that polls for nothing has none."""
    budgets, evidence = plan.budgets, plan.evidence
    logins, tokens, keys = to_rotate(plan)
    lanes = max((database.restore.search_at_once for database in plan.databases), default=1)
    return {
        "fence_region": (),
        "gather_facts": (),
        "await_consent": (),
        "deploy_service": (_stage("capacity", budgets.capacity, "WaitForTurn", "WaitForCapacity"),),
        "promote_database": (
            _stage(
                "promotion",
                budgets.promotion,
                *("WaitToPromote", "WaitForPromotion", "WaitForProof"),
                events=_POLL_BY_TWO,
            ),
        ),
        "switch_traffic": (_stage("switch", budgets.switch, "WaitForChange", "WaitForTraffic"),),
        "validate_recovery": (_stage("validation", budgets.validation, "WaitForEndpoints"),),
        "protect_database": (_stage("protection", budgets.protection, "WaitToProtect", "WaitForProtection"),),
        "protect_restored": (_stage("protection", budgets.protection, "WaitForZone", "WaitForName", "WaitForReplica"),),
        "compare_damaged": (_stage("protection", budgets.protection, "WaitForDamaged"),),
        "replay_rows": (),
        "preserve_breach": (Stage(waits=("WaitToCopy",), budget="evidence.copy_within", lasts=evidence.copy_within),),
        "finish_evidence": (
            _stage("restore", evidence.late_after + budgets.restore, "WaitForLate"),
            Stage(
                waits=("WaitToExport",),
                budget="evidence.export_within",
                lasts=evidence.export_within,
                share=20,
            ),
        ),
        "search_recovery_point": (
            Stage(
                waits=("WaitForProbe", "WaitForAnswers"),
                budget="databases[].restore.search_budget",
                lasts=longest(plan, lambda database: database.restore.search_budget),
                lanes=lanes,
            ),
            _stage("capacity", budgets.capacity, "WaitToDelete"),
        ),
        "restore_replicated": (
            _restores(plan, attempts(plan)),
            _stage("first_reading", attempts(plan) * budgets.first_reading, "WaitForAnswers"),
            _stage("promotion", max(budgets.promotion, budgets.validation), "WaitForProof", events=_POLL_BY_TWO),
            _stage("capacity", budgets.capacity, "WaitForServices"),
        ),
        "database_restore": (
            _stage("capacity", budgets.capacity, "WaitToStop"),
            *_of_delayed(plan),
            _restores(plan, max(1, attempts(plan) - _has_delayed(plan))),
            _stage("first_reading", attempts(plan) * budgets.first_reading, "WaitForAnswers"),
            Stage(waits=("WaitToPutBack",), budget="objectives.rto", lasts=plan.objectives.rto, share=20),
        ),
        "region_failover": (),
        "run_hooks": (Stage(waits=("WaitForHook",), budget="hooks[].budget", lasts=_longest_hooks(plan)),),
        "secret_rotation": (
            Stage(waits=("WaitForIncident",), budget="objectives.rto", lasts=plan.objectives.rto, share=20),
            _stage("capacity", tokens * budgets.capacity, "WaitForGroup"),
            _stage("validation", logins * budgets.validation, "WaitForLogin"),
            _stage("capacity", budgets.capacity, "WaitForTasks"),
            _stage("validation", logins * budgets.validation, "WaitForRefusal"),
            _stage("capacity", tokens * budgets.capacity, "WaitForOldToken"),
            _stage("validation", keys * budgets.validation, "WaitForRevocation"),
        ),
        "breach_response": (
            _stage("capacity", budgets.capacity, "WaitForTasks"),
            _stage("validation", budgets.validation, "WaitForProof"),
        ),
        "incident_response": (
            Stage(waits=("WaitForTheLease",), budget="policy.signal_max_age", lasts=plan.policy.signal_max_age),
            _stage("triage", budgets.triage, "WaitForRds", "WaitToLookAgain", events=_POLL_BY_TWO),
            Stage(waits=("WaitToPutBack",), budget="objectives.rto", lasts=plan.objectives.rto, share=20),
        ),
    }


def _longest_hooks(plan: Plan) -> timedelta:
    """The hooks of one stage run one after the other; the machine is the same for all stages."""
    stages = {hook.stage for hook in plan.hooks}
    return max(
        (sum((hook.budget for hook in plan.hooks_at(stage)), timedelta()) for stage in stages), default=timedelta()
    )


def _restores(plan: Plan, times: int) -> Stage:
    return Stage(
        waits=("WaitForInstance",),
        budget="budgets.restore",
        lasts=times * plan.budgets.restore,
        share=RESTORE_SHARE,
        times=times,
    )


def _has_delayed(plan: Plan) -> bool:
    return any(database.restore.delayed for database in plan.databases)


def _of_delayed(plan: Plan) -> tuple[Stage, Stage]:
    """One of the attempts is made by promoting a delayed replica, where the plan has one."""
    times = int(_has_delayed(plan))
    return (
        _stage("restore", times * plan.budgets.restore / 2, "WaitToWind"),
        _stage("promotion", times * plan.budgets.promotion, "WaitForPromotion"),
    )
