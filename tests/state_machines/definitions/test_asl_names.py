"""The names in the state machines: steps, child machines, and the language they are written in."""

from __future__ import annotations

import importlib
import json
import re

import pytest

from lyo_dr.model.resource_names import snake
from stacks.asl import INVOKE_AND_AWAIT
from tests.state_machines.asl import ROOT, Scope, machine, of_type, processes

ASKED_OR_IN_FRONT = {
    *("receive", "set_password", "try_login", "retire_user", "write_rows", "let_app_write", "hold_replay"),
    *("try_token", "end_cache_sessions"),
    *("read_access", "lift_containment"),
}
"""Functions behind no state: the one in front of the door, and those that steps or the operator's door ask."""


@pytest.mark.parametrize("process", processes())
def test_every_placeholder_has_its_step_or_machine_and_every_step_is_used(process: str) -> None:
    named = set(re.findall(r"\$\{([^}]*)\}", json.dumps(machine(process))))
    machines = {snake(name.removesuffix("Machine")) for name in named if name.endswith("Machine")}
    assert machines <= set(processes())
    folder = ROOT / "lambdas" / "lyo_dr" / "steps" / process
    files = {path.stem for path in folder.glob("*.py") if path.stem != "__init__"}
    assert {snake(name) for name in named if not name.endswith("Machine")} == files - ASKED_OR_IN_FRONT


def test_every_child_machine_is_called_by_somebody() -> None:
    called = set(re.findall(r"\$\{(\w+)Machine\}", "".join(json.dumps(machine(p)) for p in processes())))
    assert {snake(name) for name in called} == set(processes()) - {"incident_response", "replay_rows"}


@pytest.mark.parametrize(("scope", "name"), of_type("Task"))
def test_a_step_has_the_name_of_its_state(scope: Scope, name: str) -> None:
    resource = scope.states[name]["Resource"]
    if resource == INVOKE_AND_AWAIT:
        resource = scope.states[name]["Parameters"]["FunctionName"]
    if not resource.startswith("${"):
        return
    assert resource == f"${{{name}}}"
    module = importlib.import_module(f"lyo_dr.steps.{scope.process}.{snake(name)}")
    assert callable(module.handler)
    assert str(module.__doc__).startswith(f"{name}:")


@pytest.mark.parametrize("process", processes())
def test_the_machines_speak_jsonpath_only(process: str) -> None:
    text = json.dumps(machine(process))
    for other in ("QueryLanguage", "JSONata", "{%", '"Assign"', '"Arguments"', '"Output":'):
        assert other not in text


@pytest.mark.parametrize(("scope", "name"), of_type("Task"))
def test_a_nested_execution_is_waited_for_and_names_its_parent(scope: Scope, name: str) -> None:
    task = scope.states[name]
    if task["Resource"].startswith("${") or task["Resource"] == INVOKE_AND_AWAIT:
        return
    assert "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$" in task["Parameters"]["Input"]
    waits = task["Resource"].endswith(".sync:2")
    assert waits or name in ("ProtectDatabase", "ProtectRestored", "CompareDamaged", "FinishEvidence"), (
        "users are served already: only protecting, comparing, and evidence that comes hours later, are not waited for"
    )
