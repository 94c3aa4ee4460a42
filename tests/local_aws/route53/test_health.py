"""When a health check is healthy: checkers, metric streams, silence, inversion."""

import pytest

from local_aws.route53.alarms import judge
from local_aws.route53.health import CheckerView, enough_healthy, from_stream, published
from local_aws.route53.model import Alarm, AlarmReference, HealthCheck, Point, Stream

NOW = 6000.0  # the beginning of a period of 60 s
LATCH = Alarm("GreaterThanOrEqualToThreshold", threshold=1.0, statistic="Maximum")


def points(*ages_and_values: tuple[float, float]) -> list[Point]:
    return [Point.single(NOW - age, value) for age, value in ages_and_values]


@pytest.mark.parametrize(
    ("healthy", "of", "expected"),
    [(0, 3, False), (1, 3, True), (3, 3, True), (18, 100, False), (19, 100, True), (2, 16, False), (3, 16, True)],
)
def test_more_than_18_percent_of_the_checkers_make_an_endpoint_healthy(healthy: int, of: int, expected: bool) -> None:
    assert enough_healthy([True] * healthy + [False] * (of - healthy)) is expected


def test_an_endpoint_no_checker_has_looked_at_is_new_and_healthy() -> None:
    assert enough_healthy([])


def test_a_checker_changes_its_mind_after_as_many_contradictions_in_a_row_as_the_threshold() -> None:
    view = CheckerView()
    for passed in (False, False, True, False, False):
        view = view.after(passed, 3)
        assert view.healthy
    view = view.after(False, 3)
    assert not view.healthy
    for expected in (False, False, True):
        view = view.after(True, 3)
        assert view.healthy is expected


@pytest.mark.parametrize(
    ("ages_and_values", "expected"),
    [
        ([(30, 0)], Stream.OK),
        ([(30, 1)], Stream.ALARM),
        ([(90, 1), (30, 0)], Stream.OK),
        ([(90, 0), (30, 1)], Stream.ALARM),
        ([(50, 0), (10, 1)], Stream.ALARM),  # the maximum of the period
        ([(150, 1)], Stream.ALARM),  # an earlier period stands in for a missing one
        ([(190, 1)], Stream.INSUFFICIENT),  # but not for ever
        ([(-10, 1)], Stream.INSUFFICIENT),  # a period counts when it is over
        ([], Stream.INSUFFICIENT),
    ],
)
def test_a_latch_reads_the_newest_finished_period(ages_and_values: list[tuple[float, float]], expected: Stream) -> None:
    assert judge(LATCH, points(*ages_and_values), NOW) is expected


@pytest.mark.parametrize(
    ("ages_and_values", "expected"),
    [
        ([(30, 1), (90, 1), (150, 1)], Stream.ALARM),
        ([(30, 1), (90, 0), (150, 1)], Stream.OK),
        ([(30, 1), (90, 1)], Stream.ALARM),  # all there is breaches
        ([(30, 1), (150, 1), (210, 1)], Stream.ALARM),  # a gap is passed over
        ([(30, 0)], Stream.OK),
    ],
)
def test_several_evaluation_periods_must_all_breach(
    ages_and_values: list[tuple[float, float]], expected: Stream
) -> None:
    three = Alarm("GreaterThanThreshold", threshold=0.5, evaluation_periods=3)
    assert judge(three, points(*ages_and_values), NOW) is expected


@pytest.mark.parametrize(
    ("treatment", "silent", "one_breach", "one_ok"),
    [
        ("missing", Stream.INSUFFICIENT, Stream.ALARM, Stream.OK),
        ("ignore", Stream.UNDECIDED, Stream.UNDECIDED, Stream.OK),
        ("breaching", Stream.ALARM, Stream.ALARM, Stream.OK),
        ("notBreaching", Stream.OK, Stream.OK, Stream.OK),
    ],
)
def test_silence_is_what_the_alarm_says_it_is(
    treatment: str, silent: Stream, one_breach: Stream, one_ok: Stream
) -> None:
    three = Alarm("LessThanThreshold", 1.0, evaluation_periods=3, treat_missing=treatment)
    assert judge(three, [], NOW) is silent
    assert judge(three, points((30, 0)), NOW) is one_breach
    assert judge(three, points((30, 0), (90, 1)), NOW) is one_ok


@pytest.mark.parametrize(
    ("comparison", "value", "expected"),
    [
        ("GreaterThanOrEqualToThreshold", 1, Stream.ALARM),
        ("GreaterThanThreshold", 1, Stream.OK),
        ("LessThanOrEqualToThreshold", 1, Stream.ALARM),
        ("LessThanThreshold", 1, Stream.OK),
        ("GreaterThanUpperThreshold", 1, Stream.INSUFFICIENT),  # anomaly detection is not supported
    ],
)
def test_comparisons(comparison: str, value: float, expected: Stream) -> None:
    assert judge(Alarm(comparison, 1.0), points((30, value)), NOW) is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Average", 2.0), ("Sum", 6.0), ("Minimum", 1.0), ("Maximum", 3.0), ("SampleCount", 3.0)],
)
def test_statistics(name: str, expected: float) -> None:
    at_least = Alarm("GreaterThanOrEqualToThreshold", expected, statistic=name)
    more = Alarm("GreaterThanThreshold", expected, statistic=name)
    data = points((50, 1), (40, 2), (30, 3))
    assert (judge(at_least, data, NOW), judge(more, data, NOW)) == (Stream.ALARM, Stream.OK)


@pytest.mark.parametrize(
    "alarm",
    [Alarm("LessThanThreshold", 1, statistic="p99"), Alarm("LessThanThreshold", 1, 60, 3, datapoints_to_alarm=2)],
)
def test_what_route_53_does_not_support_is_insufficient_data(alarm: Alarm) -> None:
    assert judge(alarm, points((30, 0), (90, 0), (150, 0)), NOW) is Stream.INSUFFICIENT


def test_the_clock_shortens_periods() -> None:
    assert judge(LATCH, points((2, 1)), NOW, clock=20) is Stream.ALARM  # periods of 3 s
    assert judge(LATCH, points((2, 1), (5, 0)), NOW, clock=20) is Stream.ALARM
    assert judge(LATCH, points((30, 1)), NOW, clock=20) is Stream.INSUFFICIENT


@pytest.mark.parametrize(
    ("stream", "silence", "last", "expected"),
    [
        (Stream.OK, "LastKnownStatus", False, True),
        (Stream.ALARM, "LastKnownStatus", True, False),
        (Stream.INSUFFICIENT, "LastKnownStatus", True, True),
        (Stream.INSUFFICIENT, "LastKnownStatus", False, False),
        (Stream.INSUFFICIENT, "Healthy", False, True),
        (Stream.INSUFFICIENT, "Unhealthy", True, False),
        (Stream.UNDECIDED, "Unhealthy", True, True),
        (Stream.UNDECIDED, "Healthy", False, False),
    ],
)
def test_what_a_stream_means_for_its_check(stream: Stream, silence: str, last: bool, expected: bool) -> None:
    assert from_stream(stream, silence, last) is expected


@pytest.mark.parametrize(
    ("raw", "inverted", "disabled", "expected"),
    [
        (True, False, False, True),
        (False, False, False, False),
        (True, True, False, False),  # a new inverted check starts unhealthy
        (False, True, False, True),
        (False, False, True, True),  # disabled counts as healthy
        (False, True, True, False),
    ],
)
def test_inverted_and_disabled(raw: bool, inverted: bool, disabled: bool, expected: bool) -> None:
    check = HealthCheck("1", "c", AlarmReference("eu-west-1", "a"), inverted, disabled)
    assert published(check, raw) is expected
