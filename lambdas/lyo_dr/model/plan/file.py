"""Reading a plan a person wrote: all faults at once, each one sentence with its path and what to write instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.rehearsal import Rehearsal, WrittenPlan
from lyo_dr.model.plan.rules import broken_rules
from lyo_dr.model.plan.rules.causes import Rule
from lyo_dr.model.plan.rules.rehearsal import rules as rehearsal_rules
from lyo_dr.model.plan.shape import built, faults_of

_NOTHING: Mapping[str, str] = MappingProxyType({})
_REHEARSAL = "rehearsal"
_NOTE = "x-"
"""How a key at the top begins that belongs to whoever wrote the plan: notes, anchors, settings of other tools."""


class PlanFaults(Exception):
    """The plan cannot be used. ``faults`` holds one sentence for each thing that is wrong; a sentence begins with its
    path, such as ``databases[0].tables[1].key``, and a colon."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def read_plan(raw: Any, written: Mapping[str, str] = _NOTHING, first: Sequence[Rule] = ()) -> Plan:
    """Turn the parsed YAML into a plan. Raises :class:`PlanFaults` with every fault found, and none that follows from
    another.

    ``written`` holds, by path, the text of scalars that were not quoted: a number is quoted back as it was written.
    ``first`` are rules of the caller, asked before those of the model.
    """
    return read_written(raw, written, first)[0]


def read_written(raw: Any, written: Mapping[str, str] = _NOTHING, first: Sequence[Rule] = ()) -> tuple[Plan, Rehearsal]:
    """The plan, and beside it what only drills read. Raises :class:`PlanFaults`."""
    if not isinstance(raw, dict):
        raise PlanFaults(["plan: the file is empty or not a mapping; start from the plan.yaml of the repository"])
    kept = {key: value for key, value in raw.items() if not str(key).startswith(_NOTE)}
    found = list(faults_of(kept, WrittenPlan, "", written))
    faults = [str(fault) for fault in found]
    if any(fault.shape for fault in found):
        raise PlanFaults(faults)
    section = kept.pop(_REHEARSAL, None)
    rehearsal = Rehearsal() if section is None else built(section, Rehearsal)
    plan = built(kept, Plan)
    faults += broken_rules(plan, [fault.path for fault in found], first)
    faults = faults or list(rehearsal_rules(plan, rehearsal))
    if faults:
        raise PlanFaults(faults)
    return _converted(kept), rehearsal


def _converted(raw: dict[Any, Any]) -> Plan:
    """By msgspec itself, with all its limits: it may find nothing that the walk did not."""
    try:
        return msgspec.convert(raw, Plan)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        raise PlanFaults([f"{place.strip('`').removeprefix('$.') or 'plan'}: {reason}"]) from error
