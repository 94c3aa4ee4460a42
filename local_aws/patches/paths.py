"""Paths that lead nowhere, and the one error that is never caught.

Upstream reads what is not there as null: a choice then takes its default, a parameter is null, a wait takes no time,
and a map runs over one item. On AWS the execution fails with ``States.Runtime``, which neither ``States.ALL`` nor any
other name retries or catches; ``IsPresent`` asks first, and finds a null present. ``States.Timeout`` also names a
missed heartbeat. (Developer guide of Step Functions, "Handling errors in Step Functions workflows" and "Choice".)
"""

from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from local_aws.patch_context import PatchContext

REQUIRES = tuple(
    f"ministack.services.stepfunctions:{name}"
    for name in (
        "_resolve_path",
        "_resolve_path_or_ctx",
        "_parse_jsonpath_tokens",
        "_evaluate_rule",
        "_execute_wait",
        "_run_map_items",
        "_apply_input_path",
        "_state_query_language",
        "_error_matches",
        "_ExecutionError",
    )
)

_NEVER_CAUGHT = ("States.Runtime", "States.DataLimitExceeded")
_LONGEST_SECONDS = 99_999_999


def apply(_world: PatchContext) -> None:
    """Let a path that leads nowhere fail the execution."""
    stepfunctions._resolve_path = _strict(stepfunctions._resolve_path)
    stepfunctions._evaluate_rule = _asking_first(stepfunctions._evaluate_rule)
    stepfunctions._execute_wait = _counted(stepfunctions._execute_wait)
    stepfunctions._run_map_items = _over_arrays(stepfunctions._run_map_items)
    stepfunctions._error_matches = _matching(stepfunctions._error_matches)


def leads_somewhere(path: str, data: Any) -> bool:
    """Whether a path without wildcards names something in the data, be it null. Other paths always do."""
    tokens = stepfunctions._parse_jsonpath_tokens(path) if path.startswith("$") else []
    if tokens is None or any(kind == "wildcard" for kind, _ in tokens):
        return True
    for kind, step in tokens:
        holds = isinstance(data, dict) and step in data if kind == "field" else _has_index(data, step)
        if not holds:
            return False
        data = data[step]
    return True


def _has_index(data: Any, index: int) -> bool:
    return isinstance(data, list) and index < len(data)


def _runtime_error(cause: str) -> Exception:
    failed: Exception = stepfunctions._ExecutionError("States.Runtime", cause)
    return failed


def _strict(resolve: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    def resolve_or_fail(path: str, data: Any) -> Any:
        if path and not leads_somewhere(path, data):
            raise _runtime_error(f"The JSONPath '{path}' could not be found in the input")
        return resolve(path, data)

    return resolve_or_fail


def _asking_first(evaluate: Callable[..., Any]) -> Callable[..., Any]:
    def evaluate_rule(rule: dict[str, Any], data: Any, context: Any = None) -> Any:
        if "IsPresent" not in rule:
            return evaluate(rule, data, context)
        path = rule["Variable"]
        found = leads_somewhere(path[1:], context) if path.startswith("$$") else leads_somewhere(path, data)
        return found == rule["IsPresent"]

    return evaluate_rule


def _counted(wait: Callable[..., Any]) -> Callable[..., Any]:
    def wait_counted(state: dict[str, Any], given: Any, context: Any = None) -> Any:
        if path := state.get("SecondsPath"):
            seconds = stepfunctions._resolve_path(path, stepfunctions._apply_input_path(state, given, context))
            if type(seconds) is not int or not 0 <= seconds <= _LONGEST_SECONDS:
                raise _runtime_error(f"The SecondsPath parameter '{path}' does not reference a number of seconds")
        return wait(state, given, context)

    return wait_counted


def _over_arrays(run: Callable[..., Any]) -> Callable[..., Any]:
    def run_over_array(state: dict[str, Any], given: Any, execution: Any, context: Any) -> Any:
        if "ItemReader" not in state and stepfunctions._state_query_language(state, context) != "JSONata":
            path = state.get("ItemsPath", "$")
            effective = stepfunctions._apply_input_path(state, given, context)
            if not isinstance(stepfunctions._resolve_path_or_ctx(path, effective, context), list):
                raise _runtime_error(f"Reference path '{path}' must point to array")
        return run(state, given, execution, context)

    return run_over_array


def _matching(matches: Callable[[list[str], str], bool]) -> Callable[[list[str], str], bool]:
    def matches_as_on_aws(names: list[str], error: str) -> bool:
        if error in _NEVER_CAUGHT:
            return False
        if error == "States.HeartbeatTimeout" and "States.Timeout" in names:
            return True
        return matches(names, error)

    return matches_as_on_aws
