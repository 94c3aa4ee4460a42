"""How often a step is tried again: as often as the budget of its stage lasts.

A retry in ``state_machines/*.asl.yaml`` says ``MaxAttempts: !attempts capacity``, and the number is computed from the
plan at synth. The retry that waits for a pause to end says ``IntervalSeconds: !every pause`` besides, so that how often
all steps look is written here only. The delays of such a retry are exact: with ``JitterStrategy: FULL`` Step Functions
draws each of them from zero upwards (developer guide, "Handling errors in Step Functions workflows"), so that no number
of attempts is sure to last for the budget.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import msgspec
import yaml

from lyo_dr.model.machines.times import PAUSE
from lyo_dr.model.plan import Plan
from stacks.asl import MachineFault

TAG = "!attempts"
EVERY = "!every"
_FIELDS = {TAG: "MaxAttempts", EVERY: "IntervalSeconds"}
_LIMIT = "MaxDelaySeconds"
_WHOLE_NUMBER = "tag:yaml.org,2002:int"
_POLLS = {"pause": timedelta(seconds=15)}
"""How often what a retry waits for is looked at, where no plan says so."""
_EVENTS_PER_TRY = 3
"""Scheduled, started, failed (API reference, HistoryEvent)."""

PAUSE_EVENTS = math.ceil(PAUSE / _POLLS["pause"]) * _EVENTS_PER_TRY
"""What a pause of an hour adds to the history, at whatever task it is met."""

Stages = tuple[tuple[str, timedelta], ...]


def stages(plan: Plan) -> Stages:
    """Every stage a retry may name, with the time the plan gives it, and a pause with its hour."""
    budgets: dict[str, timedelta] = msgspec.structs.asdict(plan.budgets)
    search = max((database.restore.search_budget for database in plan.databases), default=timedelta(0))
    return tuple({**budgets, "search": search, "copying": plan.evidence.copy_within, "pause": PAUSE}.items())


def attempts(span: timedelta, *, interval: float, rate: float, longest: float) -> int:
    """The least number of retries, one at least, whose delays last for ``span``. Delays in seconds."""
    count, waited = 1, float(min(interval, longest))
    while waited < span.total_seconds():
        waited += min(interval * float(rate**count), longest)
        count += 1
    return count


def longest_wait(retry: Mapping[str, Any]) -> timedelta:
    """The longest time a retry of a state machine waits between its tries, the tries themselves left out."""
    delays = (
        float(min(retry["IntervalSeconds"] * retry["BackoffRate"] ** number, retry["MaxDelaySeconds"]))
        for number in range(retry["MaxAttempts"])
    )
    return timedelta(seconds=sum(delays))


def history_events(task: Mapping[str, Any]) -> int:
    """The most events one entry of a task adds to the history of its execution, every retry used up but those of a
    pause (:data:`PAUSE_EVENTS`), which hold the whole execution at one task.

    Entered, exited, and three for each try; an execution may have 25,000 (developer guide, "Service quotas").
    """
    found = (retry for retry in task.get("Retry", []) if retry["ErrorEquals"] != ["AutomationPaused"])
    retries = sum(int(retry["MaxAttempts"]) for retry in found)
    return 2 + _EVENTS_PER_TRY * (1 + retries)


def fill_in(file: str, nodes: Iterable[yaml.Node], budgets: Stages) -> None:
    """Put numbers in place of ``!every`` and ``!attempts``. Raises :class:`MachineFault` for a name nobody knows."""
    found = list(nodes)
    for node in found:
        if isinstance(node, yaml.MappingNode):
            fields = {key.value: value for key, value in node.value if isinstance(value, yaml.ScalarNode)}
            _fill_in_retry(file, fields, dict(budgets))
    for node in found:
        if node.tag in _FIELDS:
            raise MachineFault(
                f"{_place(file, node)}: {node.tag} stands for {_FIELDS[node.tag]} of a retry only; write it there"
            )


def _fill_in_retry(file: str, fields: dict[str, yaml.ScalarNode], budgets: dict[str, timedelta]) -> None:
    if _has(fields, EVERY):
        _fill_in_interval(file, fields[_FIELDS[EVERY]])
    if _has(fields, TAG):
        _fill_in_attempts(file, fields, budgets)


def _has(fields: Mapping[str, yaml.ScalarNode], tag: str) -> bool:
    return _FIELDS[tag] in fields and fields[_FIELDS[tag]].tag == tag


def _fill_in_interval(file: str, node: yaml.ScalarNode) -> None:
    if node.value not in _POLLS:
        raise MachineFault(f"{_place(file, node)}: {EVERY} knows no {node.value}; write {', '.join(sorted(_POLLS))}")
    node.tag, node.value = _WHOLE_NUMBER, str(round(_POLLS[node.value].total_seconds()))


def _fill_in_attempts(file: str, fields: dict[str, yaml.ScalarNode], budgets: dict[str, timedelta]) -> None:
    node = fields[_FIELDS[TAG]]
    if node.value not in budgets:
        raise MachineFault(
            f"{_place(file, node)}: {TAG} {node.value} names no stage of the plan; "
            f"write one of {', '.join(sorted(budgets))}"
        )
    if "JitterStrategy" in fields:
        raise MachineFault(
            f"{_place(file, node)}: drawn delays are not sure to last for {node.value}; leave JitterStrategy out"
        )
    try:
        interval, rate = float(fields["IntervalSeconds"].value), float(fields["BackoffRate"].value)
        # Delays that do not grow need no limit.
        longest = interval if rate == 1 and _LIMIT not in fields else float(fields[_LIMIT].value)
    except KeyError as missing:
        raise MachineFault(f"{_place(file, node)}: {TAG} counts delays, so give {missing.args[0]} as well") from None
    number = attempts(budgets[node.value], interval=interval, rate=rate, longest=longest)
    node.tag, node.value = _WHOLE_NUMBER, str(number)


def _place(file: str, node: yaml.Node) -> str:
    return f"{file}, line {node.start_mark.line + 1}"
