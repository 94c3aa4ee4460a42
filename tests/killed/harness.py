"""Plays one step well, then once for each of its calls and each thing that may happen to it.

After whatever happened the step is run again, as Step Functions does, until it says what it said in the good run. In
the end everything has to be as after the good run: the state, the number of effects, the messages.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from moto import mock_aws

from lyo_dr.model.plan import Plan
from tests.killed.calls import Call, Disturbance, variants
from tests.killed.stage import Stage, staged
from tests.killed.state import AT_LEAST_ONCE, End, end_of
from tests.plans import lyo_plan
from tests.unit.aws import Killed
from tests.unit.builders import OREGON

_RUNS = 20
"""A step that has not ended well by then does not converge."""
_REPEATS = 8
"""A step that is run again and again makes the same calls each time: so many of one name are disturbed."""
_NAMED = 4
_VERDICTS = (
    "status",
    "decision",
    "admission",
    "next",
    "ending",
    "written",
    "done",
    "closed",
    "accepted",
    "confirmed",
    "complete",
    "statusCode",
    "owed",
    "waiting",
    "error",
)
"""Fields of results that something is decided by."""
_GUARDS = ("LEASE", "LINE#", "NOTE#FAILED#")
"""What a step that changes nothing may write: the end of its lease, its sentence, and that it failed."""


@dataclass(frozen=True)
class Case:
    """How a step meets the world: builds it on the stage, returns the request."""

    given: Callable[[Stage], dict[str, Any]]
    plan: Callable[[], Plan] = lyo_plan
    region: str = OREGON
    until: str | int | None = None
    """The status up to which the machine runs the step again, in the good run, too."""
    between: Callable[[Stage], None] = lambda _stage: None
    """What the world does between two runs."""
    afterwards: Callable[[Stage], object] = lambda _stage: None
    """What the schedules do in the end, with all that is owed by then; undisturbed."""
    reads_only: bool = False
    """Changes nothing; that is checked."""
    says_so: bool = False
    """A second run finds that it is done already, and says that: whatever it says counts as done."""
    blurred: dict[str, str] = field(default_factory=dict)
    """Parts of paths in the end state that may differ, or of messages that may go out once more, and why."""
    known: str = ""
    """A fault of the product that is not mended yet, in a sentence; the case is expected to fail."""
    otherwise: dict[str, str] = field(default_factory=dict)
    """Calls (``ecs:UpdateService``, or with ``@eu-west-1``) whose failure the step answers with another result, on
    purpose, and why: the end is not compared. Killed at them it has to converge like any other."""


@dataclass
class Played:
    """How a play went."""

    calls: list[Call]
    writes: list[str]
    results: list[Any]
    faults: list[str]
    end: End
    made_once: set[str]


@dataclass
class Figures:
    """What was done, for the summary."""

    steps: int = 0
    calls: int = 0
    disturbed: int = 0
    plays: int = 0
    excused: int = 0

    def __str__(self) -> str:
        """One sentence."""
        calls = f"{self.disturbed} of {self.calls} calls disturbed in {self.plays} plays"
        return f"{self.steps} cases of steps, {calls}; {self.excused} of them not compared, since the step means it so"


FIGURES = Figures()


def failures(machine: str, step: str, case: Case) -> list[str]:
    """One sentence for each way in which the step does not end as it should."""
    with mock_aws():  # once: putting moto in place takes longer than a play
        return _failures(machine, step, case)


def _failures(machine: str, step: str, case: Case) -> list[str]:
    handler = importlib.import_module(f"lyo_dr.steps.{machine}.{step}").handler
    good = _play(handler, case, None, None)
    if good.faults:
        return [f"the good run: {fault}" for fault in good.faults]
    FIGURES.steps += 1
    FIGURES.calls += len(good.calls)
    FIGURES.disturbed += sum(call.before < _REPEATS for call in good.calls)
    unused = set(case.otherwise)
    by_fault: dict[str, list[str]] = {}
    for disturbance in _disturbances(good):
        FIGURES.plays += 1
        played = _play(handler, case, disturbance, good)
        excused = {disturbance.call.name, disturbance.call.name.partition("@")[0]} & set(case.otherwise)
        if excused and not disturbance.variant.startswith("killed"):
            unused -= excused
            FIGURES.excused += 1
        elif faults := played.faults or _differences(good, played, disturbance, case):
            by_fault.setdefault("; ".join(faults), []).append(str(disturbance))
    found = [f"{fault}\n    {', '.join(by[:_NAMED])} ({len(by)} in all)" for fault, by in by_fault.items()]
    found += [f"declared to change nothing, but makes {name}" for name in good.writes if case.reads_only]
    return found + [f"no call {name} is made: take it out of `otherwise`" for name in sorted(unused)]


def _disturbances(good: Played) -> list[Disturbance]:
    """Everything that may happen to each call."""
    some = [call for call in good.calls if call.before < _REPEATS]
    found = [Disturbance(call, variant) for call in some for variant in variants(call.name)]
    return [each for each in found if each.variant != "repeated" or each.call.name not in good.made_once]


def _play(handler: Any, case: Case, disturbance: Disturbance | None, good: Played | None) -> Played:
    with staged(_plan(case.plan), case.region, disturbance) as stage:
        event = msgspec.to_builtins(case.given(stage))
        results: list[Any] = []
        stage.calls.recording = True
        fault = "not run"
        while fault and stage.calls.run < _RUNS:
            stage.calls.run += 1
            fault = _run(handler, event, results)
            if not fault and not _is_done(case, results[-1], good):
                fault = f"ended {stage.calls.run} times as {_status(results[-1])}"
            if fault and good is None and case.until is None:
                break
            if fault:
                stage.later()
                case.between(stage)
        stage.calls.recording = False
        with stage.world.elsewhere():
            case.afterwards(stage)
        writes = sorted({effect.name for effect in stage.calls.effects if not _is_of_guards(effect.asked)})
        return Played(
            stage.calls.recorded, writes, results, [fault] if fault else [], end_of(stage), stage.calls.made_once
        )


def _run(handler: Any, event: Any, results: list[Any]) -> str:
    """Why it did not return; Step Functions would catch and retry whatever it is."""
    try:
        results.append(handler(event))
    except Killed:
        return "killed"
    except Exception as failure:
        return f"{type(failure).__name__}: {failure}"
    return ""


@functools.cache
def _plan(read: Callable[[], Plan]) -> Plan:
    return read()


def _is_done(case: Case, result: Any, good: Played | None) -> bool:
    if case.until is not None:
        return bool(_status(result) == case.until)
    return good is None or case.says_so or _status(result) == _status(good.results[-1])


def _status(result: Any) -> Any:
    """What the machine, or whoever asked, goes on by. A result of one word says just that."""
    if not isinstance(result, dict):
        return None
    found = [result[name] for name in _VERDICTS if name in result]
    return found[0] if len(found) == 1 else found


def _is_of_guards(asked: dict[str, Any]) -> bool:
    key = (asked.get("Item") or {}).get("sk", {}).get("S", "")
    return bool(key.startswith(_GUARDS))


def _differences(good: Played, played: Played, disturbance: Disturbance, case: Case) -> list[str]:
    found = [
        f"{where}: {_short(left)} after the good run, {_short(right)} now"
        for where, left, right in _compared(good.end.state, played.end.state)
        if not any(part in where for part in case.blurred) and not _is_its_failure(where, disturbance)
    ]
    found += _counted(good.end.effects, played.end.effects, disturbance)
    messages = {
        name: min(made, good.end.messages.get(name, 0)) if any(part in name for part in case.blurred) else made
        for name, made in played.end.messages.items()
    }
    # The outbox is there so that a message goes out once; only the step that sends itself may send one twice.
    sends = any(call.name.startswith("sns:Publish") for call in good.calls)
    return found + _counted(good.end.messages, messages, disturbance, "sns:Publish" if sends else "a message")


def _is_its_failure(where: str, disturbance: Disturbance) -> bool:
    """The record that the step failed, where a call of it has failed.

    `lyo-dr retry` goes by that record, and it is as true after the disturbance as what the good run left. A step that
    was killed has failed at nothing: there it is compared.
    """
    return "NOTE#FAILED#" in where and not disturbance.variant.startswith("killed")


def _counted(good: dict[str, int], played: dict[str, int], disturbance: Disturbance, call: str = "") -> list[str]:
    found = []
    for name in sorted({*good, *played}):
        wanted, made = good.get(name, 0), played.get(name, 0)
        if made == wanted or _forgiven(call or name, made, wanted, disturbance):
            continue
        found.append(f"{name}: {made} times instead of {wanted}")
    return found


def _forgiven(name: str, made: int, wanted: int, disturbance: Disturbance) -> bool:
    hit = disturbance.call.name.partition("@")[0] == name.partition(",")[0]
    lost = hit and disturbance.variant in ("killed after", "unheard", "repeated")
    if name not in AT_LEAST_ONCE:
        # The service itself refuses the second one; had it not, the state that is compared would show it.
        return made == wanted + 1 and hit and disturbance.variant in ("unheard", "repeated")
    return made == wanted + 1 and (lost or disturbance.call.name.startswith("dynamodb:"))


def _compared(left: Any, right: Any, where: str = "") -> list[tuple[str, Any, Any]]:
    if isinstance(left, dict) and isinstance(right, dict):
        names = sorted({*left, *right}, key=str)
        return [
            each
            for name in names
            for each in _compared(left.get(name), right.get(name), f"{where} / {name}" if where else str(name))
        ]
    return [] if left == right else [(where, left, right)]


def _short(value: Any) -> str:
    return "nothing" if value is None else str(value)[:200]
