"""The states CloudWatch gives an alarm, from the tables of its user guide."""

import pytest

from local_aws.cloudwatch.alarms import AlarmRule, evaluate

# Newest datapoint last, as in the user guide: 0 is fine, X is breaching, - is missing.
THREE_OF_THREE: list[tuple[str, dict[str, str | None]]] = [
    ("0 - X - X", {"missing": "OK", "ignore": "OK", "breaching": "OK", "notBreaching": "OK"}),
    ("- - - - 0", {"missing": "OK", "ignore": "OK", "breaching": "OK", "notBreaching": "OK"}),
    ("- - - - -", {"missing": "INSUFFICIENT_DATA", "ignore": None, "breaching": "ALARM", "notBreaching": "OK"}),
    ("0 X X - X", {"missing": "ALARM", "ignore": "ALARM", "breaching": "ALARM", "notBreaching": "ALARM"}),
    ("- - X - -", {"missing": "ALARM", "ignore": None, "breaching": "ALARM", "notBreaching": "OK"}),
]
TWO_OF_THREE: list[tuple[str, dict[str, str | None]]] = [
    ("0 - X - X", {"missing": "ALARM", "ignore": "ALARM", "breaching": "ALARM", "notBreaching": "ALARM"}),
    ("0 0 X 0 X", {"missing": "ALARM", "ignore": "ALARM", "breaching": "ALARM", "notBreaching": "ALARM"}),
    ("0 - X - -", {"missing": "OK", "ignore": "OK", "breaching": "ALARM", "notBreaching": "OK"}),
    ("- - - - 0", {"missing": "OK", "ignore": "OK", "breaching": "ALARM", "notBreaching": "OK"}),
    ("- - - X -", {"missing": "ALARM", "ignore": None, "breaching": "ALARM", "notBreaching": "OK"}),
]
CASES = [
    (points, needed, missing, state)
    for needed, table in ((3, THREE_OF_THREE), (2, TWO_OF_THREE))
    for points, states in table
    for missing, state in states.items()
]


def _values(points: str) -> list[float | None]:
    meaning: dict[str, float | None] = {"0": 0.0, "X": 10.0, "-": None}
    return [meaning[point] for point in reversed(points.split())]


def _rule(needed: int, missing: str, periods: int = 3, comparison: str = "GreaterThanThreshold") -> AlarmRule:
    return AlarmRule(comparison=comparison, threshold=5.0, periods=periods, needed=needed, missing=missing)


@pytest.mark.parametrize(("points", "needed", "missing", "state"), CASES)
def test_missing_data_is_treated_as_in_the_user_guide(
    points: str, needed: int, missing: str, state: str | None
) -> None:
    assert evaluate(_rule(needed, missing), _values(points), age=100) == state


def test_silence_before_an_alarm_was_created_is_not_held_against_it() -> None:
    assert evaluate(_rule(3, "breaching"), _values("- - - - -"), age=2) is None


@pytest.mark.parametrize(
    ("comparison", "value", "breaches"),
    [
        ("GreaterThanThreshold", 5.0, False),
        ("GreaterThanOrEqualToThreshold", 5.0, True),
        ("LessThanThreshold", 5.0, False),
        ("LessThanOrEqualToThreshold", 5.0, True),
        ("LessThanThreshold", 4.9, True),
        ("GreaterThanThreshold", 5.1, True),
    ],
)
def test_a_datapoint_breaches_only_beyond_the_threshold(comparison: str, value: float, breaches: bool) -> None:
    assert _rule(1, "missing", comparison=comparison).breaches(value) is breaches
