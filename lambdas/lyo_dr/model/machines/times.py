"""How long each state machine may take: the budgets it waits for, the machines inside it, its steps, and a margin.

A machine must outlive what it waits for. It ends a stage itself, with a sentence, and rolls back; a machine that is
timed out runs no state any more. So these limits are never the plan's targets, only the end of what went wrong in a
way no stage has noticed, and the margins in them do not count towards the RTO.
"""

from __future__ import annotations

import math
from datetime import timedelta

from lyo_dr.model.machines.stages import attempts, longest, stages_of, to_rotate
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.hooks import STAGES

_STEP = timedelta(minutes=1)
"""TimeoutSeconds of one step."""
_MARGIN = timedelta(minutes=15)
"""For retries: a function that sleeps is waited for up to nine minutes, an API that is silent within its stage."""
PAUSE = timedelta(hours=1)
"""How long a step waits for a person to end a pause."""
_AROUND = timedelta(minutes=2)
"""Starting a machine, and learning that it has ended: by an event, with polling behind it."""
_TABLE = timedelta(minutes=15)
"""Comparing one table: the longest a function may run."""
_REPLAY = timedelta(hours=6)
"""Rows are replayed in batches until the ledger is at its end, which no budget of the plan knows.

A step works for ten seconds before it ends, so that six hours are some 15,000 of 25,000 history events.
"""
_CONSENTS = 2
"""An answer is valid for the facts that were shown: where these changed meanwhile, a person is asked again."""


def around(time: timedelta) -> timedelta:
    """How long the task lasts that runs a machine with this limit."""
    return time + _AROUND


def seconds(time: timedelta) -> int:
    """TimeoutSeconds, which is whole."""
    return math.ceil(time.total_seconds())


def machine_times(plan: Plan) -> dict[str, timedelta]:
    """The time limit of each machine, and of the one task that waits for a person, ``ask_consent``."""
    times: dict[str, timedelta] = {}
    for add in (_add_actions, _add_restores, _add_breach, _add_incidents):
        add(plan, times)
    return times


def after_restore(plan: Plan, process: str) -> timedelta:
    """What follows in a machine that restores once the instance is available, rolling back included.

    Raises KeyError for a machine that restores no database.
    """
    times: dict[str, timedelta] = {}
    _add_actions(plan, times)
    return _after_restore(plan, times)[process]


def search_time(plan: Plan) -> timedelta:
    """How long a search for the recovery point takes at most."""
    return around(machine_times(plan)["search_recovery_point"])


def _own(plan: Plan, process: str, steps: int, margin: timedelta = _MARGIN + PAUSE) -> timedelta:
    """Budgets, steps and margin of a machine, without the machines inside it."""
    waited = sum((stage.lasts for stage in stages_of(plan)[process]), timedelta())
    return waited + steps * _STEP + margin


def _add_actions(plan: Plan, times: dict[str, timedelta]) -> None:
    """Machines that run no other one."""
    times["ask_consent"] = plan.budgets.consent + timedelta(minutes=5)
    times["await_consent"] = times["ask_consent"] + _STEP + timedelta(minutes=4) + plan.budgets.triage
    times["fence_region"] = plan.budgets.fence + _STEP + timedelta(seconds=10)
    times["gather_facts"] = _own(plan, "gather_facts", 3, timedelta(minutes=2)) + plan.budgets.triage
    steps = {"deploy_service": 2, "promote_database": 4, "switch_traffic": 5, "validate_recovery": 1}
    steps |= {"run_hooks": 2, "protect_database": 3, "protect_restored": 5, "preserve_breach": 3, "finish_evidence": 3}
    times |= {process: _own(plan, process, count) for process, count in steps.items()}
    times["search_recovery_point"] = _own(plan, "search_recovery_point", 5)
    times["compare_damaged"] = _own(plan, "compare_damaged", 3) + _TABLE * max(
        (len(database.tables) for database in plan.databases), default=0
    )
    times["replay_rows"] = _own(plan, "replay_rows", 3) + _REPLAY
    logins, tokens, keys = to_rotate(plan)
    times["secret_rotation"] = _own(plan, "secret_rotation", 6 + 6 * logins + 4 * tokens + 4 * keys)


def _reading(plan: Plan) -> timedelta:
    """Prewarming an instance, and the last round of queries, which may begin when its budget ends."""
    warm = longest(plan, lambda database: database.restore.warm_budget) + _STEP
    return warm + plan.timing.cold_sql_timeout


def _after_restore(plan: Plan, times: dict[str, timedelta]) -> dict[str, timedelta]:
    services = around(times["deploy_service"]) + around(times["validate_recovery"])
    proof = sum((stage.lasts for stage in stages_of(plan)["restore_replicated"][2:]), timedelta())
    read = _reading(plan) + plan.budgets.first_reading
    return {"database_restore": 8 * _STEP + read + services, "restore_replicated": 7 * _STEP + read + proof}


def _add_restores(plan: Plan, times: dict[str, timedelta]) -> None:
    """Every further attempt is read and judged, too."""
    after, more = _after_restore(plan, times), attempts(plan) - 1
    again = more * (3 * _STEP + _reading(plan))
    further = more * plan.budgets.first_reading
    times["restore_replicated"] = after["restore_replicated"] + plan.budgets.restore * attempts(plan)
    times["restore_replicated"] += 3 * _STEP + again + further + _MARGIN + PAUSE
    # Its own stages have the time of every first reading; what follows the restore has that of one.
    times["database_restore"] = _own(plan, "database_restore", 12) - plan.budgets.first_reading + again
    times["database_restore"] += around(times["search_recovery_point"]) + after["database_restore"]


def _add_breach(plan: Plan, times: dict[str, timedelta]) -> None:
    """A rotation may have to wait for an incident, as long as that may take."""
    inside = ("preserve_breach", "await_consent", "secret_rotation")
    times["breach_response"] = _own(plan, "breach_response", 9)
    times["breach_response"] += sum((around(times[process]) for process in inside), timedelta())


def _add_incidents(plan: Plan, times: dict[str, timedelta]) -> None:
    recovery = max(times[process] for process in ("promote_database", "restore_replicated", "deploy_service"))
    asked = _CONSENTS * (around(times["await_consent"]) + around(times["gather_facts"]))
    confirmed = 2 * around(times["gather_facts"]) + around(times["fence_region"])
    moved = 2 * around(times["validate_recovery"]) + around(times["switch_traffic"])
    if any(service.runs_once for service in plan.services):
        moved += around(times["deploy_service"])
    moved += sum(bool(plan.hooks_at(stage)) for stage in STAGES) * around(times["run_hooks"])
    times["region_failover"] = _own(plan, "region_failover", 8) + asked + confirmed + around(recovery) + moved
    response = max(times[process] for process in ("region_failover", "database_restore", "breach_response"))
    times["incident_response"] = _own(plan, "incident_response", 9) + around(times["gather_facts"]) + around(response)
    if plan.hooks_at("on_failure"):
        times["incident_response"] += around(times["run_hooks"])
