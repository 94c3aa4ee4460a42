"""What a plan can say about hooks, and the sentences about what it cannot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lyo_dr.model.machines.times import around, machine_times
from lyo_dr.model.plan.file import PlanFaults
from lyo_dr.model.plan.stages import failover_time
from tests.plans import lyo_plan
from tests.unit.builders import IRELAND, OREGON


def a_hook(**words: Any) -> dict[str, Any]:
    both = {IRELAND: "shop-start", OREGON: "shop-start"}
    hook = {"name": "consumers", "stage": "before_traffic", "budget": "PT2M", "function": both, **words}
    return {name: value for name, value in hook.items() if value is not None}


def faults(*hooks: dict[str, Any]) -> list[str]:
    try:
        lyo_plan(hooks=list(hooks))
    except PlanFaults as refused:
        return refused.faults
    return []


def arn(region: str, account: str = "123456789012", kind: str = "lambda", name: str = "function:shop-start") -> str:
    return f"arn:aws:{kind}:{region}:{account}:{name}"


GOOD = {
    "a name": a_hook(),
    "an alias": a_hook(function={IRELAND: "shop-start:live", OREGON: "shop-start:live"}),
    "an ARN": a_hook(function={region: arn(region) for region in (IRELAND, OREGON)}),
    "a state machine": a_hook(function=None, state_machine={IRELAND: "shop-start", OREGON: "shop-start"}),
    "the ARN of one": a_hook(
        function=None,
        state_machine={region: arn(region, kind="states", name="stateMachine:s") for region in (IRELAND, OREGON)},
    ),
    "an abort in time": a_hook(stage="before_promotion", may_abort=True, required=True),
    "on failure": a_hook(stage="on_failure"),
}


@pytest.mark.parametrize("hook", GOOD.values(), ids=GOOD)
def test_a_hook_that_can_be_called(hook: dict[str, Any]) -> None:
    assert faults(hook) == []


@pytest.mark.parametrize(
    ("hook", "fault"),
    [
        (a_hook(function=None), "hooks[0]: give either function or state_machine"),
        (a_hook(state_machine={IRELAND: "s", OREGON: "s"}), "hooks[0]: give either function or state_machine"),
        (a_hook(function={OREGON: "shop-start"}), "hooks[0].function: given for us-west-2; either region may"),
        (
            a_hook(function={IRELAND: arn(IRELAND), OREGON: arn(OREGON, "210987654321")}),
            "hooks[0].function.us-west-2: account 210987654321; a recovery calls nothing in another account",
        ),
        (
            a_hook(function={IRELAND: arn(IRELAND), OREGON: arn(IRELAND)}),
            "hooks[0].function.us-west-2: it is in eu-west-1, which may be lost",
        ),
        (a_hook(may_abort=True), "hooks[0].may_abort: a promotion cannot be undone"),
        (a_hook(stage="on_failure", may_abort=True), "hooks[0].may_abort: a promotion cannot be undone"),
        (a_hook(stage="on_failure", required=True), "hooks[0].required: the recovery has failed at that stage"),
        (a_hook(budget="PT0S"), "hooks[0].budget: 0 s is no duration"),
        (a_hook(budget="PT3H"), "objectives.rto: "),
    ],
)
def test_a_hook_that_cannot_be_meant(hook: dict[str, Any], fault: str) -> None:
    (found,) = faults(hook)
    assert found.startswith(fault)


@pytest.mark.parametrize("name", ["shop start", "https://example.com", arn(OREGON, kind="sns", name="topic"), ""])
def test_what_is_no_function_is_refused_at_its_place(name: str) -> None:
    (found,) = faults(a_hook(function={IRELAND: "shop-start", OREGON: name}))
    assert found.startswith("hooks[0].function.us-west-2: ")


def test_two_hooks_have_two_names() -> None:
    assert faults(a_hook(), a_hook(stage="after_traffic")) == [
        "hooks: the name 'consumers' is used twice; give each its own"
    ]


def test_budgets_count_towards_the_rto_and_on_failure_does_not() -> None:
    more = [a_hook(), a_hook(name="cdn", stage="after_traffic"), a_hook(name="undo", stage="on_failure")]
    assert failover_time(lyo_plan(hooks=more)) - failover_time(lyo_plan()) == timedelta(minutes=4)


def test_a_plan_without_hooks_has_the_time_limits_it_had() -> None:
    bare, with_hooks = machine_times(lyo_plan()), machine_times(lyo_plan(hooks=[a_hook()]))
    grown = with_hooks["region_failover"] - bare["region_failover"]
    assert grown == around(with_hooks["run_hooks"])
    assert with_hooks["run_hooks"] - bare["run_hooks"] == timedelta(minutes=2)


def test_names_and_arns_are_one_thing() -> None:
    named, by_arn = (lyo_plan(hooks=[GOOD[name]]).hooks[0] for name in ("a name", "an ARN"))
    assert named.arn(OREGON, "123456789012") == by_arn.arn(OREGON, "123456789012")
    machine = lyo_plan(hooks=[GOOD["a state machine"]]).hooks[0]
    execution = "arn:aws:states:us-west-2:123456789012:execution:shop-start:one"
    assert machine.execution(OREGON, "123456789012", "one") == execution
