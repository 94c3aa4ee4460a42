"""Every step of every machine, killed before and after each of its calls, and each of these failing in every way."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from tests.killed.calls import all_steps
from tests.killed.harness import Case, failures

_CASES = Path(__file__).parent / "cases"


def _cases(machine: str, step: str) -> list[Case]:
    if not (_CASES / f"{machine}.py").exists():
        return []
    found: Case | list[Case] | None = importlib.import_module(f"tests.killed.cases.{machine}").CASES.get(step)
    return [] if found is None else found if isinstance(found, list) else [found]


def _played() -> list[object]:
    return [
        pytest.param(
            machine,
            step,
            case,
            id=f"{machine}.{step}" + (f"-{number}" if number else ""),
            marks=[pytest.mark.xfail(strict=True, reason=case.known)] if case.known else [],
        )
        for machine, step in all_steps()
        for number, case in enumerate(_cases(machine, step))
    ]


@pytest.mark.parametrize(("machine", "step"), all_steps(), ids=lambda name: name)
def test_every_step_has_a_case(machine: str, step: str) -> None:
    assert _cases(machine, step), (
        f"The step {machine}/{step} is never killed: add {step!r} to CASES in tests/killed/cases/{machine}.py, "
        "a function that builds its world and returns its request"
    )


@pytest.mark.parametrize(("machine", "step", "case"), _played())
def test_fault_10_killed_or_failed_at_any_call_and_run_again_it_ends_the_same(
    machine: str, step: str, case: Case
) -> None:
    found = failures(machine, step, case)
    assert not found, "\n".join(found)
