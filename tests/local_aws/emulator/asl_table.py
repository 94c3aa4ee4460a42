"""What our state machines rely on in the States Language, case by case: states, input, and how they must end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

START_SYNC = "arn:aws:states:::states:startExecution.sync:2"


@dataclass(frozen=True)
class Case:
    """One machine. It ends with ``output`` or, where that is None, with ``error`` (and ``cause``, where it matters)."""

    name: str
    states: dict[str, Any]
    given: Any
    output: Any = None
    error: str = ""
    cause: str = ""


def passing(**more: Any) -> dict[str, Any]:
    return {"Type": "Pass", "End": True, **more}


def failing(error: str = "LagTooHigh", cause: str = "lag 42") -> dict[str, Any]:
    return {"Type": "Fail", "Error": error, "Cause": cause}


def parallel(*branches: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A Parallel of branches with one state each."""
    return {"Type": "Parallel", "Branches": [{"StartAt": "S", "States": {"S": state}} for state in branches], **more}


def mapping(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A Map over ``$.items`` with one state."""
    inline = {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": "S", "States": {"S": state}}
    return {"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": inline, "End": True, **more}


def _choice(*rules: dict[str, Any], default: bool = True) -> dict[str, Any]:
    choices = [{**rule, "Next": f"N{index}"} for index, rule in enumerate(rules)]
    ends = {f"N{index}": passing(Result=index) for index in range(len(rules))}
    more = {"Default": "D"} if default else {}
    return {"C": {"Type": "Choice", "Choices": choices, **more}, **ends, "D": passing(Result="default")}


_VERDICT = (
    {"Variable": "$.v", "StringEquals": "promote"},
    {"Variable": "$.v", "StringEquals": "hold"},
)

CHOICE = (
    Case("the first rule that holds decides", _choice(*_VERDICT, _VERDICT[0]), {"v": "promote"}, 0),
    Case("a later rule is reached", _choice(*_VERDICT), {"v": "hold"}, 1),
    Case("nothing holds: the default", _choice(*_VERDICT), {"v": "other"}, "default"),
    Case("nothing holds, no default", _choice(*_VERDICT, default=False), {"v": "x"}, error="States.NoChoiceMatched"),
    Case("strings are compared with case", _choice(*_VERDICT), {"v": "Promote"}, "default"),
    Case("a number is no string", _choice({"Variable": "$.v", "StringEquals": "1"}), {"v": 1}, "default"),
    Case("a missing variable is an error, not a default", _choice(*_VERDICT), {}, error="States.Runtime"),
    Case("presence is asked first", _choice({"Variable": "$.v", "IsPresent": False}), {}, 0),
    Case("a null is present", _choice({"Variable": "$.v", "IsPresent": True}), {"v": None}, 0),
    Case("what is under nothing is not present", _choice({"Variable": "$.v.w", "IsPresent": True}), {}, "default"),
    Case("booleans", _choice({"Variable": "$.v", "BooleanEquals": True}), {"v": True}, 0),
    Case("a string is no boolean", _choice({"Variable": "$.v", "BooleanEquals": True}), {"v": "true"}, "default"),
    Case("numbers", _choice({"Variable": "$.v", "NumericGreaterThanEquals": 3}), {"v": 3}, 0),
    Case("another variable", _choice({"Variable": "$.v", "NumericLessThanPath": "$.w"}), {"v": 1, "w": 2}, 0),
    Case(
        "and, not, present",
        _choice({"And": [{"Variable": "$.v", "IsPresent": True}, {"Not": _VERDICT[0]}]}),
        {"v": "hold"},
        0,
    ),
    Case("or", _choice({"Or": list(_VERDICT)}), {"v": "hold"}, 0),
    Case("nulls", _choice({"Variable": "$.v", "IsNull": True}), {"v": None}, 0),
)

PATHS = (
    Case("the result is put beside the input", {"P": passing(Result=1, ResultPath="$.r")}, {"a": 0}, {"a": 0, "r": 1}),
    Case(
        "a path is made where there is none",
        {"P": passing(Result=1, ResultPath="$.a.b")},
        {"x": 0},
        {"x": 0, "a": {"b": 1}},
    ),
    Case("a null result path drops the result", {"P": passing(Result=1, ResultPath=None)}, {"a": 0}, {"a": 0}),
    Case("input path", {"P": passing(InputPath="$.in")}, {"in": {"n": 4}}, {"n": 4}),
    Case("output path", {"P": passing(OutputPath="$.in.n")}, {"in": {"n": 4}}, 4),
    Case("parameters", {"P": passing(Parameters={"n.$": "$.in", "k": "v"})}, {"in": [1]}, {"n": [1], "k": "v"}),
    Case("parameters all the way down", {"P": passing(Parameters={"a": {"b.$": "$.x"}})}, {"x": 1}, {"a": {"b": 1}}),
    Case(
        "a parameter that is not there",
        {"P": passing(Parameters={"n.$": "$.gone"})},
        {},
        error="States.Runtime",
    ),
    Case(
        "select of results, then beside the input",
        {"P": parallel(passing(Result={"id": 7}), ResultSelector={"id.$": "$[0].id"}, ResultPath="$.r", End=True)},
        {"a": 0},
        {"a": 0, "r": {"id": 7}},
    ),
    Case(
        "an array as it is",
        {"P": passing(Parameters={"a.$": "States.Array($.x, 'y', 1)"})},
        {"x": 0},
        {"a": [0, "y", 1]},
    ),
    Case(
        "an array of objects",
        {"P": passing(Parameters={"a.$": "States.Array($.x)"})},
        {"x": {"n": 1}},
        {"a": [{"n": 1}]},
    ),
    Case("a text", {"P": passing(Parameters={"t.$": "States.Format('{}-{}', $.x, 'y')"})}, {"x": 1}, {"t": "1-y"}),
    Case(
        "a text of the context",
        {"P": passing(Parameters={"t.$": "States.Format('in {}', $$.State.Name)"})},
        {},
        {"t": "in P"},
    ),
    Case(
        "a text as JSON",
        {"P": passing(Parameters={"t.$": "States.StringToJson($.x)"})},
        {"x": '{"a":1}'},
        {"t": {"a": 1}},
    ),
    Case(
        "JSON as a text",
        {"P": passing(Parameters={"t.$": "States.JsonToString($.x)"})},
        {"x": {"a": 1}},
        {"t": '{"a":1}'},
    ),
)

_WAIT_BY = {"Type": "Wait", "SecondsPath": "$.s", "End": True}

ENDS = (
    Case("succeed", {"S": {"Type": "Succeed"}}, {"a": 1}, {"a": 1}),
    Case("fail with words", {"F": failing()}, {}, error="LagTooHigh", cause="lag 42"),
    Case(
        "fail with words of the input",
        {"F": {"Type": "Fail", "ErrorPath": "$.e", "CausePath": "$.c"}},
        {"e": "LeaseLost", "c": "epoch 7"},
        error="LeaseLost",
        cause="epoch 7",
    ),
    Case(
        "fail with words put together",
        {"F": {"Type": "Fail", "Error": "Held", "CausePath": "States.Format('{} s', $.n)"}},
        {"n": 3},
        error="Held",
        cause="3 s",
    ),
    Case("wait for no time", {"W": _WAIT_BY}, {"s": 0}, {"s": 0}),
    Case("wait for seconds", {"W": _WAIT_BY}, {"s": 1}, {"s": 1}),
    Case("wait for what is not there", {"W": _WAIT_BY}, {}, error="States.Runtime"),
    Case("wait for what is no number", {"W": _WAIT_BY}, {"s": "10"}, error="States.Runtime"),
    Case("wait for less than nothing", {"W": _WAIT_BY}, {"s": -1}, error="States.Runtime"),
)

_VALUE = {"ItemSelector": {"item.$": "$$.Map.Item.Value", "at.$": "$$.Map.Item.Index", "all.$": "$.n"}}
_CATCH = {"Catch": [{"ErrorEquals": ["LagTooHigh"], "ResultPath": "$.e", "Next": "N"}]}

_OWN_CLOCK = {
    "Type": "Map",
    "ItemsPath": "$.items",
    "MaxConcurrency": 1,
    "ItemProcessor": {
        "ProcessorConfig": {"Mode": "INLINE"},
        "StartAt": "Begin",
        "States": {
            "Begin": {
                "Type": "Pass",
                "Parameters": {"at.$": "$$.State.EnteredTime"},
                "ResultPath": "$.begun",
                "Next": "Work",
            },
            "Work": {"Type": "Wait", "Seconds": 2, "End": True},
        },
    },
    "ItemSelector": {"item.$": "$$.Map.Item.Value"},
    "ResultPath": "$.done",
    "Next": "C",
}
_AT_ONCE = {"Variable": "$.done[0].begun.at", "StringEqualsPath": "$.done[1].begun.at", "Next": "N"}

MANY = (
    Case(
        "each item of a map knows when its own turn came",
        {
            "M": _OWN_CLOCK,
            "C": {"Type": "Choice", "Choices": [_AT_ONCE], "Default": "Y"},
            "Y": passing(Result="later"),
            "N": failing(),
        },
        {"items": [1, 2]},
        "later",
    ),
    Case("map keeps the order", {"M": mapping(passing())}, {"items": [3, 1, 2]}, [3, 1, 2]),
    Case("map over nothing", {"M": mapping(passing())}, {"items": []}, []),
    Case(
        "map gives each item and its place",
        {"M": mapping(passing(), MaxConcurrency=1, **_VALUE)},
        {"items": ["a", "b"], "n": 2},
        [{"item": "a", "at": 0, "all": 2}, {"item": "b", "at": 1, "all": 2}],
    ),
    Case(
        "map beside the input",
        {"M": mapping(passing(OutputPath="$.x"), ResultPath="$.out")},
        {"items": [{"x": 1}]},
        {"items": [{"x": 1}], "out": [1]},
    ),
    Case(
        "map selects of its results",
        {"M": mapping(passing(), ResultSelector={"all.$": "$[*].x"}, ResultPath="$.out")},
        {"items": [{"x": 1}, {"x": 2}]},
        {"items": [{"x": 1}, {"x": 2}], "out": {"all": [1, 2]}},
    ),
    Case("an item that fails, fails the map", {"M": mapping(failing())}, {"items": [1]}, error="LagTooHigh"),
    Case(
        "what a map fails with can be caught",
        {"M": mapping(failing(), **_CATCH), "N": passing()},
        {"items": [1]},
        {"items": [1], "e": {"Error": "LagTooHigh", "Cause": "lag 42"}},
    ),
    Case("map over what is no array", {"M": mapping(passing())}, {"items": {"a": 1}}, error="States.Runtime"),
    Case(
        "an error of the language is caught by nobody",
        {
            "P": parallel(passing(InputPath="$.gone"), End=True, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "N"}]),
            "N": passing(),
        },
        {},
        error="States.Runtime",
    ),
    Case("map over what is not there", {"M": mapping(passing())}, {}, error="States.Runtime"),
    Case("parallel keeps the order", {"P": parallel(passing(Result=1), passing(Result=2), End=True)}, {}, [1, 2]),
    Case("each branch sees the input", {"P": parallel(passing(), passing(), End=True)}, {"a": 1}, [{"a": 1}, {"a": 1}]),
    Case("a branch that fails, fails all", {"P": parallel(passing(), failing(), End=True)}, {}, error="LagTooHigh"),
    Case(
        "what a branch fails with can be caught",
        {"P": parallel(passing(), failing(), End=True, **_CATCH), "N": passing()},
        {"a": 1},
        {"a": 1, "e": {"Error": "LagTooHigh", "Cause": "lag 42"}},
    ),
    Case(
        "caught by all",
        {"P": parallel(failing(), End=True, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "N"}]), "N": passing()},
        {},
        {"Error": "LagTooHigh", "Cause": "lag 42"},
    ),
    Case(
        "not caught by another's name",
        {"P": parallel(failing(), End=True, Catch=[{"ErrorEquals": ["Other"], "Next": "N"}]), "N": passing()},
        {},
        error="LagTooHigh",
    ),
    Case(
        "the first catcher that matches decides",
        {
            "P": parallel(
                failing(),
                End=True,
                Catch=[{"ErrorEquals": [name], "Next": f"N{name}"} for name in ("Other", "LagTooHigh", "States.ALL")],
            ),
            "NOther": passing(Result=0),
            "NLagTooHigh": passing(Result=1),
            "NStates.ALL": passing(Result=2),
        },
        {},
        1,
    ),
)

CASES = (*CHOICE, *PATHS, *ENDS, *MANY)
