"""Rules that select calls and say when a region is dead."""

from typing import Any

import pytest

from local_aws.gateway.faults import FaultRule, FaultTable, InvalidFaultError
from local_aws.gateway.request import Call

PUT = Call(service="dynamodb", region="eu-west-1", op="PutItem", app="receive")


def _table(*rules: FaultRule) -> FaultTable:
    table = FaultTable()
    table.replace(rules)
    return table


@pytest.mark.parametrize(
    ("rule", "hit"),
    [
        (FaultRule("throttle"), True),
        (FaultRule("throttle", op="PutItem", app="rec.*"), True),
        (FaultRule("throttle", op="Put"), False),
        (FaultRule("throttle", region="us-.*"), False),
        (FaultRule("throttle", app="other"), False),
    ],
)
def test_a_rule_must_match_in_full(rule: FaultRule, hit: bool) -> None:
    assert (_table(rule).match(PUT) is rule) is hit


def test_a_rule_hits_no_more_often_than_it_may() -> None:
    table = _table(FaultRule("throttle", times=2))
    assert [table.match(PUT) is not None for _ in range(4)] == [True, True, False, False]


def test_the_first_rule_that_hits_decides() -> None:
    first, second = FaultRule("refuse", times=1), FaultRule("throttle")
    table = _table(first, second)
    assert [table.match(PUT), table.match(PUT)] == [first, second]


@pytest.mark.parametrize(
    ("rule", "dead"),
    [
        (FaultRule("blackhole", region="eu-west-1"), True),
        (FaultRule("blackhole", region="eu-.*"), True),
        (FaultRule("blackhole", region="us-west-2"), False),
        (FaultRule("blackhole", region="eu-west-1", service="rds"), False),
        (FaultRule("blackhole", region="eu-west-1", rate=0.5), False),
        (FaultRule("blackhole", region="eu-west-1", times=3), False),
        (FaultRule("unavailable", region="eu-west-1"), False),
        (FaultRule("blackhole", region="eu-west-1", ends=60), False),
    ],
)
def test_only_a_black_hole_of_everything_kills_a_region(rule: FaultRule, dead: bool) -> None:
    assert _table(rule).is_dead("eu-west-1") is dead


def test_a_rule_hits_from_its_first_second_to_its_last(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("local_aws.gateway.faults.time.monotonic", lambda: clock[0])
    table, hits = _table(FaultRule("unavailable", begins=9, ends=84)), []
    for clock[0] in (100.0, 108.9, 109.0, 183.9, 184.0):
        hits.append(table.match(PUT) is not None)
    assert hits == [False, False, True, True, False]
    table.replace(table.rules)
    clock[0] += 10
    assert table.match(PUT) is not None, "its seconds are counted from when it was put in force"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kind": "explode"}, "unknown fault kind 'explode'"),
        ({"region": "eu-west-1"}, "needs a kind"),
        ({"kind": "throttle", "oper": "x"}, "unknown fields in a fault rule: oper"),
        ({"kind": "throttle", "begins": 9, "ends": 9}, "a fault from second 9 to 9 never hits; end it later"),
        ({"kind": "throttle", "op": "("}, "op of a fault rule is not a regular expression"),
        ({"kind": "latency", "ms": -5}, "ms of a fault rule is -5; write a number from 0 to 86400000"),
        ({"kind": "latency", "ms": float("nan")}, "ms of a fault rule is nan"),
        ({"kind": "latency", "ms": "soon"}, "ms of a fault rule is 'soon'"),
        ({"kind": "throttle", "rate": 50}, "rate of a fault rule is 50; write a number from 0 to 1"),
        ({"kind": "throttle", "rate": float("inf")}, "rate of a fault rule is inf"),
        ({"kind": "throttle", "rate": True}, "rate of a fault rule is True"),
        ({"kind": "throttle", "times": 0}, "times of a fault rule is 0; write a number of 1 or more"),
        ({"kind": "throttle", "times": -1}, "times of a fault rule is -1"),
        ({"kind": "throttle", "times": 1.5}, "times of a fault rule is 1.5; write a whole number of 1 or more"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidFaultError, match=sentence):
        FaultRule.from_mapping(given)
