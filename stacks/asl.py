"""Reading a state machine: which steps and machines it names, and which calls it makes. Pure: no CDK, no AWS."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lyo_dr.model.resource_names import snake

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_MACHINE = "Machine"

START_AND_WAIT = "arn:aws:states:::states:startExecution.sync:2"
START = "arn:aws:states:::states:startExecution"
INVOKE = "arn:aws:states:::lambda:invoke"
INVOKE_AND_AWAIT = f"{INVOKE}.waitForTaskToken"


class MachineFault(Exception):
    """A state machine does not match its steps, or calls something without a known permission. One sentence."""


@dataclass(frozen=True)
class Calls:
    """What the tasks of one state machine call; each name once."""

    steps: frozenset[str]
    started: frozenset[str]
    awaited: frozenset[str]


def placeholders(definition: str) -> frozenset[str]:
    """Every name written as ``${Name}``."""
    return frozenset(_PLACEHOLDER.findall(definition))


def process_of(placeholder: str) -> str | None:
    """``GatherFactsMachine`` stands for the process gather_facts; None for a step."""
    return snake(placeholder.removesuffix(_MACHINE)) if placeholder.endswith(_MACHINE) else None


def calls_of(process: str, definition: str) -> Calls:
    """What the machine calls, nested states included. Raises :class:`MachineFault` for an unknown kind of task."""
    steps: set[str] = set()
    started: set[str] = set()
    awaited: set[str] = set()
    for name, task in tasks(json.loads(definition)):
        resource = str(task["Resource"])
        if resource.startswith("${"):
            steps.add(_named(resource))
        elif resource in (INVOKE, INVOKE_AND_AWAIT):
            steps.add(_named(task["Parameters"]["FunctionName"]))
        elif resource in (START, START_AND_WAIT):
            machine = _named(task["Parameters"]["StateMachineArn"])
            (awaited if resource == START_AND_WAIT else started).add(snake(machine.removesuffix(_MACHINE)))
        else:
            raise MachineFault(
                f"{process}.asl.yaml: state {name} calls {resource}, and nobody has written down which permission "
                "that needs; add it to stacks/asl.py and stacks/grants/machine.py, or call a step"
            )
    return Calls(frozenset(steps), frozenset(started), frozenset(awaited))


def tasks(scope: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every Task state with its name, wherever it is nested."""
    for name, state in scope["States"].items():
        if state["Type"] == "Task":
            yield name, state
        inner = [*state.get("Branches", []), state.get("ItemProcessor") or state.get("Iterator")]
        for part in inner:
            if part:
                yield from tasks(part)


def match(process: str, definition: str, steps: frozenset[str], processes: frozenset[str]) -> None:
    """Compare the placeholders with the step files. Raises :class:`MachineFault` unless both sides are equal."""
    named = {name for name in placeholders(definition) if process_of(name) is None}
    for name in sorted(named - steps):
        raise MachineFault(
            f"{process}.asl.yaml names ${{{name}}}, but there is no step "
            f"lambdas/lyo_dr/steps/{process}/{snake(name)}.py; write it or correct the name"
        )
    for name in sorted(steps - named):
        raise MachineFault(
            f"lambdas/lyo_dr/steps/{process}/{snake(name)}.py is used by no state of {process}.asl.yaml; "
            "remove it or add the state"
        )
    for name in sorted(placeholders(definition) - named):
        if process_of(name) not in processes:
            raise MachineFault(
                f"{process}.asl.yaml names ${{{name}}}, but there is no "
                f"state_machines/{process_of(name)}.asl.yaml; write it or correct the name"
            )


def _named(placeholder: Any) -> str:
    return str(placeholder).removeprefix("${").removesuffix("}")
