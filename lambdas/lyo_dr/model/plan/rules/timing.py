"""Budgets, intervals and windows that must fit together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Plan


def times(plan: Plan) -> Iterator[str]:
    """Budgets within the RTO, and intervals within what the machines can do."""
    budgets, path_time = plan.budgets, _path_time(plan)
    if path_time > plan.objectives.rto:
        yield (
            f"budgets: the stages of a failover may take {humanize(path_time)}, more than objectives.rto "
            f"({humanize(plan.objectives.rto)}); shorten them or raise it"
        )
    if plan.timing.heartbeat_stale < 3 * plan.timing.heartbeat_every:
        yield "timing.heartbeat_stale: shorter than three heartbeats would call a living database silent; raise it"
    if plan.timing.probe_timeout <= timedelta(seconds=2):
        yield "timing.probe_timeout: an app has two seconds to answer (docs/app-contract.md); write more than PT2S"
    for path, value in (("timing.poll", plan.timing.poll), ("budgets.fence", budgets.fence)):
        if timedelta(0) < value < timedelta(seconds=1):
            yield f"{path}: {humanize(value)} is too short; AWS Step Functions waits whole seconds, write PT1S or more"


def _path_time(plan: Plan) -> timedelta:
    """What the stages of a failover may take; services that run once are raised in a stage of their own."""
    budgets = plan.budgets
    stages = (budgets.triage, budgets.fence, max(budgets.promotion, budgets.capacity), budgets.switch)
    later = any(service.runs_once and service.critical for service in plan.services)
    return sum(stages, timedelta()) + 3 * budgets.validation + later * budgets.capacity


_LONGEST_ROUND = timedelta(minutes=4)
"""The SQL functions of a restored instance end after five minutes (stacks/process.py)."""


def cold(plan: Plan) -> Iterator[str]:
    """A restored instance gets more time than a warm one, within the limits of the functions that query it."""
    timing = plan.timing
    if not timing.sql_timeout <= timing.cold_sql_timeout <= _LONGEST_ROUND:
        yield (
            f"timing.cold_sql_timeout: {timing.cold_sql_timeout}; write timing.sql_timeout ({timing.sql_timeout}) "
            "or more, PT4M at most"
        )
    if plan.budgets.first_reading < timing.cold_sql_timeout:
        yield "budgets.first_reading: shorter than timing.cold_sql_timeout would end before one round does; lengthen it"


def agreement(plan: Plan) -> Iterator[str]:
    """Between three probes of the watcher and the budget of triage."""
    if plan.policy.agreement >= plan.budgets.triage:
        yield "policy.agreement: not shorter than budgets.triage, so no look could ever be long enough; shorten it"
    if plan.policy.agreement < 3 * plan.timing.watch_every:
        yield "policy.agreement: shorter than three looks of the watcher (timing.watch_every); lengthen it"


def lease(plan: Plan) -> Iterator[str]:
    """Not longer than an alarm is valid."""
    if plan.budgets.lease > plan.policy.signal_max_age:
        yield "budgets.lease: longer than policy.signal_max_age, so long an alarm waits for dead work; shorten it"


def maintenance(plan: Plan) -> Iterator[str]:
    """A window ends after it begins."""
    for index, window in enumerate(plan.policy.maintenance):
        if window.ends <= window.begins:
            yield f"policy.maintenance[{index}]: ends before it begins; exchange the two"
