"""The role of every state machine, evaluated offline against what its definition calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document

from drills.world.synth import ROOT
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames, snake
from stacks import asl
from stacks.site import Sources
from tests.infrastructure.assembled import Resource, Stack, everything, listed, statements

LOGGING = {
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
}
Call = tuple[str, str]


def _machines(stacks: dict[str, Stack]) -> list[Resource]:
    return everything(stacks, "AWS::StepFunctions::StateMachine")


def _substituted(stack: Stack, machine: Resource) -> dict[str, Any]:
    """The definition as AWS Step Functions gets it."""
    text = machine.properties["DefinitionString"]
    for name, value in machine.properties["DefinitionSubstitutions"].items():
        text = text.replace(f"${{{name}}}", stack.text(value))
    definition: dict[str, Any] = json.loads(text)
    return definition


def _tasks(value: Any) -> Iterator[dict[str, Any]]:
    """Every task, found by its shape: independent of the code under test."""
    if isinstance(value, dict):
        if value.get("Type") == "Task":
            yield value
        for inner in value.values():
            yield from _tasks(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _tasks(inner)


def _needs(task: dict[str, Any], stack: Stack, account: str) -> Iterator[Call]:
    """What AWS documents for each kind of task."""
    resource = task["Resource"]
    if resource.startswith("arn:aws:lambda:"):
        yield "lambda:InvokeFunction", resource
        return
    if resource == "arn:aws:states:::lambda:invoke.waitForTaskToken":
        yield "lambda:InvokeFunction", task["Parameters"]["FunctionName"]
        return
    machine = task["Parameters"]["StateMachineArn"]
    yield "states:StartExecution", machine
    if resource.endswith(".sync:2"):
        execution = machine.replace(":stateMachine:", ":execution:") + ":one-of-its-executions"
        yield "states:DescribeExecution", execution
        yield "states:StopExecution", execution
        rule = f"arn:aws:events:{stack.region}:{account}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule"
        yield from ((f"events:{action}", rule) for action in ("PutTargets", "PutRule", "DescribeRule"))


def _needed(stack: Stack, machine: Resource, account: str) -> set[Call]:
    definition = _substituted(stack, machine)
    calls = {call for task in _tasks(definition) for call in _needs(task, stack, account)}
    return calls | {(action, "*") for action in LOGGING}


def _policy(stack: Stack, machine: Resource) -> list[dict[str, Any]]:
    logical = machine.properties["RoleArn"]["Fn::GetAtt"][0]
    role = next(role for role in stack.resources("AWS::IAM::Role") if role.logical == logical)
    return [
        {**statement, "Resource": [stack.text(resource) for resource in listed(statement["Resource"])]}
        for statement in statements(role)
    ]


def _allowed(policy: list[dict[str, Any]], call: Call, region: str, account: str) -> bool:
    context = EvalContext(
        principal_arn=f"arn:aws:iam::{account}:role/machine",
        principal_type="AssumedRole",
        principal_account=account,
        action=call[0],
        resource_arn=call[1],
        region=region,
    )
    document = parse_policy_document({"Version": "2012-10-17", "Statement": policy})
    return bool(evaluate(context, [document]).decision == "Allow")


def test_there_is_a_machine_for_every_file_in_both_regions(stacks: dict[str, Stack], plan: Plan) -> None:
    deployed = sorted(machine.properties["StateMachineName"] for machine in _machines(stacks))
    expected = [ResourceNames(plan, "").machine_name(process) for process in Sources(ROOT).processes()]
    assert deployed == sorted(expected * 2)


def test_every_task_of_every_machine_is_allowed_by_its_role(stacks: dict[str, Stack], plan: Plan) -> None:
    refused = [
        f"{machine.where}: {call}"
        for machine in _machines(stacks)
        for call in sorted(_needed(stacks[machine.stack], machine, plan.account))
        if not _allowed(_policy(stacks[machine.stack], machine), call, stacks[machine.stack].region, plan.account)
    ]
    assert refused == []


def test_a_machines_role_grants_nothing_its_tasks_do_not_use(stacks: dict[str, Stack], plan: Plan) -> None:
    unused = []
    for machine in _machines(stacks):
        stack = stacks[machine.stack]
        needed = _needed(stack, machine, plan.account)
        for statement in _policy(stack, machine):
            for action in listed(statement["Action"]):
                for resource in statement["Resource"]:
                    alone = [{"Effect": "Allow", "Action": action, "Resource": resource}]
                    if not any(_allowed(alone, call, stack.region, plan.account) for call in needed):
                        unused.append(f"{machine.where}: {action} on {resource}")
    assert unused == []


def test_a_machine_may_not_invoke_the_step_of_another(stacks: dict[str, Stack], plan: Plan) -> None:
    stack = stacks[ResourceNames(plan, "us-west-2").stack("actions")]
    names = ResourceNames(plan, "us-west-2")
    machine = stack.one("AWS::StepFunctions::StateMachine", StateMachineName=names.machine_name("gather_facts"))
    foreign = stack.function_arn(names.function("promote_database", "PromoteReplica"))
    for arn in (foreign, f"{foreign}:1"):
        assert not _allowed(_policy(stack, machine), ("lambda:InvokeFunction", arn), "us-west-2", plan.account)


def test_every_placeholder_is_filled_and_every_step_is_a_published_version(stacks: dict[str, Stack]) -> None:
    for machine in _machines(stacks):
        text = json.dumps(_substituted(stacks[machine.stack], machine))
        assert "${" not in text, machine.where
        for task in _tasks(json.loads(text)):
            if task["Resource"].startswith("arn:aws:lambda:"):
                assert task["Resource"].endswith(":1"), f"{machine.where}: {task['Resource']} is not a version"


def test_a_step_is_named_after_its_state_and_calls_its_own_handler(stacks: dict[str, Stack], plan: Plan) -> None:
    for machine in _machines(stacks):
        stack = stacks[machine.stack]
        handlers = {
            stack.function_arn(function.properties["FunctionName"]): function.properties
            for function in stack.resources("AWS::Lambda::Function")
        }
        for name, value in machine.properties["DefinitionSubstitutions"].items():
            if not name.endswith("Machine"):
                function = handlers[stack.text(value).rsplit(":", 1)[0]]
                assert function["Handler"].endswith(f".{snake(name)}.handler")
                assert function["Environment"]["Variables"]["AWS_SDK_UA_APP_ID"] == name


def test_machines_are_standard_and_log_everything_but_the_data(stacks: dict[str, Stack]) -> None:
    for machine in _machines(stacks):
        assert machine.properties["StateMachineType"] == "STANDARD"
        logging = machine.properties["LoggingConfiguration"]
        assert (logging["Level"], logging["IncludeExecutionData"]) == ("ALL", False), machine.where


def test_every_way_to_fail_rings(stacks: dict[str, Stack], plan: Plan) -> None:
    for region in plan.regions.pair:
        names = ResourceNames(plan, region)
        alarms = [
            alarm.properties
            for alarm in everything(stacks, "AWS::CloudWatch::Alarm")
            if alarm.properties["Namespace"] == "AWS/States" and stacks[alarm.stack].region == region
        ]
        for process in Sources(ROOT).processes():
            arn = names.machine(process)
            ringing = {
                a["MetricName"] for a in alarms if a["Dimensions"] == [{"Name": "StateMachineArn", "Value": arn}]
            }
            assert ringing == {"ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"}, process
        assert all(alarm["AlarmActions"] == [names.topic("responders")] for alarm in alarms)


def _definition(resource: str) -> str:
    task = {"Type": "Task", "Resource": resource, "Parameters": {}, "End": True}
    return json.dumps({"StartAt": "A", "States": {"A": task}})


def test_a_placeholder_without_a_step_is_refused_in_one_sentence() -> None:
    with pytest.raises(asl.MachineFault, match=r"triage\.asl\.yaml names \$\{Guess\}, but .* no step .*guess\.py"):
        asl.match("triage", _definition("${Guess}"), frozenset(), frozenset())


def test_a_step_without_a_state_is_refused_in_one_sentence() -> None:
    with pytest.raises(asl.MachineFault, match=r"left_over\.py is used by no state of triage\.asl\.yaml"):
        asl.match("triage", _definition("${Guess}"), frozenset({"Guess", "LeftOver"}), frozenset())


def test_a_machine_without_a_file_is_refused_in_one_sentence() -> None:
    with pytest.raises(asl.MachineFault, match=r"names \$\{RestMachine\}, but .*/rest\.asl\.yaml"):
        asl.match("triage", _definition("${RestMachine}"), frozenset(), frozenset({"gather_facts"}))


def test_a_kind_of_task_nobody_knows_how_to_grant_is_refused() -> None:
    resource = "arn:aws:states:::aws-sdk:rds:promoteReadReplica"
    with pytest.raises(asl.MachineFault, match=r"state A calls arn:aws:states:::aws-sdk:rds:promoteReadReplica"):
        asl.calls_of("triage", _definition(resource))


def test_tasks_are_found_in_branches_and_maps() -> None:
    task = json.loads(_definition("${Inner}"))
    scope = {
        "States": {
            "Side": {"Type": "Parallel", "Branches": [{"States": {"Each": {"Type": "Map", "ItemProcessor": task}}}]},
        }
    }
    assert asl.calls_of("x", json.dumps(scope)).steps == {"Inner"}
