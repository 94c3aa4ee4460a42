"""Budgets, intervals and windows that must fit together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.rules.causes import reads
from lyo_dr.model.plan.rules.fronts import by_path
from lyo_dr.model.plan.stages import failover_stages, failover_time


@reads("budgets", "objectives.rto", "hooks")
def rto(plan: Plan) -> Iterator[str]:
    """The stages that users wait for end within the RTO, also where each uses up its budget."""
    if (path_time := failover_time(plan)) > plan.objectives.rto:
        longest = max(failover_stages(plan), key=lambda stage: stage.lasts)
        yield (
            f"objectives.rto: {humanize(plan.objectives.rto)} is less than the budgets of a failover allow "
            f"({humanize(path_time)} = {' + '.join(map(str, failover_stages(plan)))}); "
            f"lower {longest.lever} or raise the RTO"
        )


@reads("timing", "budgets.fence")
def times(plan: Plan) -> Iterator[str]:
    """Intervals within what the machines can do."""
    if plan.timing.heartbeat_stale < 3 * plan.timing.heartbeat_every:
        yield "timing.heartbeat_stale: shorter than three heartbeats would call a living database silent; raise it"
    if plan.timing.probe_timeout <= timedelta(seconds=2):
        yield "timing.probe_timeout: an app has two seconds to answer (docs/app-contract.md); write more than PT2S"
    for path, value in (("timing.poll", plan.timing.poll), ("budgets.fence", plan.budgets.fence)):
        if timedelta(0) < value < timedelta(seconds=1):
            yield f"{path}: {humanize(value)} is too short; AWS Step Functions waits whole seconds, write PT1S or more"


_LONGEST_ROUND = timedelta(minutes=4)
"""The SQL functions of a restored instance end after five minutes (stacks/process.py)."""


@reads("timing", "budgets.first_reading")
def cold(plan: Plan) -> Iterator[str]:
    """A restored instance gets more time than a warm one, within the limits of the functions that query it."""
    timing = plan.timing
    if not timing.sql_timeout <= timing.cold_sql_timeout <= _LONGEST_ROUND:
        warm = humanize(timing.sql_timeout)
        yield (
            f"timing.cold_sql_timeout: {humanize(timing.cold_sql_timeout)}; "
            f"write timing.sql_timeout ({warm}) or more, PT4M at most"
        )
    if plan.budgets.first_reading < timing.cold_sql_timeout:
        yield "budgets.first_reading: shorter than timing.cold_sql_timeout would end before one round does; lengthen it"


@reads("policy.agreement", "budgets.triage", "timing.watch_every")
def agreement(plan: Plan) -> Iterator[str]:
    """Between three probes of the watcher and the budget of triage."""
    if plan.policy.agreement >= plan.budgets.triage:
        yield "policy.agreement: not shorter than budgets.triage, so no look could ever be long enough; shorten it"
    if plan.policy.agreement < 3 * plan.timing.watch_every:
        yield "policy.agreement: shorter than three looks of the watcher (timing.watch_every); lengthen it"


@reads("budgets.lease", "policy.signal_max_age")
def lease(plan: Plan) -> Iterator[str]:
    """Not longer than an alarm is valid."""
    if plan.budgets.lease > plan.policy.signal_max_age:
        yield "budgets.lease: longer than policy.signal_max_age, so long an alarm waits for dead work; shorten it"


@reads("policy.maintenance")
def maintenance(plan: Plan) -> Iterator[str]:
    """A window ends after it begins."""
    for index, window in enumerate(plan.policy.maintenance):
        if window.ends <= window.begins:
            yield f"policy.maintenance[{index}]: ends before it begins; exchange the two"


_SCHEDULE = timedelta(minutes=1)
"""How often the functions of heartbeat and watcher are started (stacks/keeper.py)."""


@reads("timing")
def rounds(plan: Plan) -> Iterator[str]:
    """A round is over before the next begins."""
    for name in ("heartbeat_round", "watch_round"):
        lasts = getattr(plan.timing, name)
        if lasts > _SCHEDULE:
            yield f"timing.{name}: {humanize(lasts)}; a round begins every minute, write PT55S or less"


@reads("traffic.ttl", "traffic[].ttl", "budgets.switch")
def ttl(plan: Plan) -> Iterator[str]:
    """Route 53 counts whole seconds, and names must be asked for again within the budget of the switch."""
    for path, front in by_path(plan):
        lives = front.ttl
        if lives % timedelta(seconds=1):
            yield f"{path}.ttl: {humanize(lives)}; Route 53 counts whole seconds, write one such as PT60S"
        elif lives > plan.budgets.switch:
            yield (
                f"{path}.ttl: {humanize(lives)} is longer than budgets.switch ({humanize(plan.budgets.switch)}): "
                "users would be sent to the lost region for so long; write PT60S"
            )
