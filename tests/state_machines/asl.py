"""The state machines as data: scopes, states, edges."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stacks.asl_yaml import load_definition, machine_files
from tests.plans import lyo_plan

ROOT = Path(__file__).parents[2]
State = dict[str, Any]


@dataclass(frozen=True)
class Scope:
    """One set of states that name each other: a machine, a branch, or the states of a Map."""

    process: str
    path: str
    start: str
    states: dict[str, State]
    outer: Scope | None = None
    owner: str | None = None

    @property
    def top(self) -> bool:
        """Whether this is the machine itself."""
        return self.outer is None

    def next_of(self, name: str) -> list[str]:
        """The states a state may go on to without an error."""
        state = self.states[name]
        ways = [state.get("Next"), state.get("Default"), *(choice["Next"] for choice in state.get("Choices", []))]
        return [way for way in ways if way is not None]

    def caught_by(self, name: str) -> list[str]:
        """The states a state may go on to after an error."""
        return [catch["Next"] for catch in self.states[name].get("Catch", [])]

    def after(self, name: str) -> list[str]:
        """Every state that may follow."""
        return self.next_of(name) + self.caught_by(name)

    def reachable(self, start: str) -> set[str]:
        """Every state on any way from ``start``, itself included."""
        seen: set[str] = set()
        ahead = [start]
        while ahead:
            name = ahead.pop()
            if name not in seen:
                seen.add(name)
                ahead += self.after(name)
        return seen


@functools.cache
def machine(process: str) -> dict[str, Any]:
    """One state machine for the committed plan, its aliases expanded."""
    return load_definition(machine_files()[process], lyo_plan())


def processes() -> list[str]:
    """Every process that has a state machine."""
    return sorted(machine_files())


def scopes(process: str) -> list[Scope]:
    """The machine and everything nested in it."""
    raw = machine(process)
    return list(_scopes(Scope(process, process, raw["StartAt"], raw["States"])))


def _scopes(scope: Scope) -> Iterator[Scope]:
    yield scope
    for name, state in scope.states.items():
        for index, inner in enumerate(parts(state)):
            path = f"{scope.path}/{name}[{index}]"
            yield from _scopes(Scope(scope.process, path, inner["StartAt"], inner["States"], scope, name))


def parts(state: State) -> list[dict[str, Any]]:
    """The branches of a Parallel state, the processor of a Map."""
    return [*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]


def everything() -> list[tuple[Scope, str, State]]:
    """Every state of every machine with its scope."""
    return [
        (scope, name, state)
        for process in processes()
        for scope in scopes(process)
        for name, state in scope.states.items()
    ]


def of_type(*kinds: str) -> list[Any]:
    """Every state of these types, as rows for parametrize."""
    import pytest

    return [
        pytest.param(scope, name, id=f"{scope.path}.{name}")
        for scope, name, state in everything()
        if state["Type"] in kinds
    ]
