"""Signals: only our own alarms, and nothing in an event is acted on."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lyo_dr.decisions.incident.signals import execution_name, signal_from_event
from lyo_dr.errors import BadSignal
from lyo_dr.model.incident import Signal
from tests.plans import lyo_plan
from tests.unit.builders import IRELAND, OREGON, a_signal, an_alarm

PLAN = lyo_plan()


def test_the_alarm_of_a_region_becomes_a_signal_of_that_region() -> None:
    moment = datetime(2026, 3, 29, 12, 0, 0, 123000, tzinfo=UTC)
    for region in (IRELAND, OREGON):
        signal = signal_from_event(an_alarm(region), PLAN)
        assert signal == Signal(kind="region", source="route53", region=region, at=moment)


def a_watchers_alarm(region: str, **changes: Any) -> dict[str, Any]:
    """The alarm of the watcher in ``region``, as its default bus delivers it."""
    arn = f"arn:aws:cloudwatch:{region}:123456789012:alarm:lyo-dr-peer-unhealthy"
    return an_alarm(**{"region": IRELAND, "resources": [arn], **changes}) | {"region": region}


def an_integrity_alarm(region: str, database: str = "bookings") -> dict[str, Any]:
    """The alarm on a database's integrity, as the default bus of its region delivers it."""
    arn = f"arn:aws:cloudwatch:{region}:123456789012:alarm:lyo-dr-integrity-{database}"
    return an_alarm(region=IRELAND, resources=[arn]) | {"region": region}


@pytest.mark.parametrize("region", [IRELAND, OREGON])
def test_an_integrity_alarm_becomes_a_signal_about_that_database_there(region: str) -> None:
    signal = signal_from_event(an_integrity_alarm(region), PLAN)
    assert (signal.kind, signal.source, signal.region, signal.database) == (
        "database",
        "integrity",
        region,
        "bookings",
    )
    assert execution_name(signal) == f"database-bookings-{region}-20260329T120000"


def test_an_integrity_alarm_of_a_database_the_plan_does_not_name_is_not_ours() -> None:
    with pytest.raises(BadSignal, match="not ours"):
        signal_from_event(an_integrity_alarm(IRELAND, "somebody-elses"), PLAN)


@pytest.mark.parametrize(("watcher", "lost"), [(OREGON, IRELAND), (IRELAND, OREGON)])
def test_the_watchers_alarm_becomes_a_signal_of_the_region_it_looks_at(watcher: str, lost: str) -> None:
    signal = signal_from_event(a_watchers_alarm(watcher), PLAN)
    assert (signal.source, signal.region) == ("watcher", lost)


@pytest.mark.parametrize("told_in", ["us-east-1", "eu-central-1", IRELAND])
def test_the_watchers_alarm_told_by_another_region_is_not_ours(told_in: str) -> None:
    with pytest.raises(BadSignal, match="not ours"):
        signal_from_event(a_watchers_alarm(OREGON) | {"region": told_in}, PLAN)


@pytest.mark.parametrize(
    "text", ["2026-03-29T12:00:00.123+0000", "2026-03-29T12:00:00.123Z", "2026-03-29T13:00:00.123+01:00"]
)
def test_the_same_moment_in_another_spelling_is_the_same_signal(text: str) -> None:
    signal = signal_from_event(_with(("detail", "state", "timestamp"), text), PLAN)
    assert signal == signal_from_event(an_alarm(), PLAN)
    assert execution_name(signal) == "region-eu-west-1-20260329T120000"


def _with(path: tuple[str, ...], value: Any) -> dict[str, Any]:
    event = copy.deepcopy(an_alarm())
    part = event
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = value
    return event


def _without(field: str) -> dict[str, Any]:
    return {name: value for name, value in an_alarm().items() if name != field}


ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
POISON: dict[str, tuple[Any, str]] = {
    "no mapping": ([1], "the event is not a mapping; expected a CloudWatch Alarm State Change"),
    "nothing": (None, "the event is not a mapping; expected a CloudWatch Alarm State Change"),
    "empty": ({}, "the event's source is not aws.cloudwatch; only our own alarms are accepted"),
    "another source": (
        an_alarm(source="my.app"),
        "the event's source is not aws.cloudwatch; only our own alarms are accepted",
    ),
    "another kind": (
        _with(("detail-type",), "EC2 Instance State-change Notification"),
        "the event's detail-type is not CloudWatch Alarm State Change; only our own alarms are accepted",
    ),
    "another account": (
        an_alarm(account="210987654321"),
        "the event's account is not 123456789012; only our own alarms are accepted",
    ),
    "the account as a number": (
        an_alarm(account=123456789012),
        "the event's account is not 123456789012; only our own alarms are accepted",
    ),
    "another region's event": (
        an_alarm(region="us-west-2") | {"region": "us-west-2"},
        "the event names an alarm that is not ours",
    ),
    "no alarm": (an_alarm(resources=[]), "the event does not name exactly one alarm"),
    "two alarms": (
        an_alarm(resources=an_alarm()["resources"] * 2),
        "the event does not name exactly one alarm",
    ),
    "alarms as text": (an_alarm(resources=ARN), "the event does not name exactly one alarm"),
    "an alarm as a mapping": (an_alarm(resources=[{}]), "the event does not name exactly one alarm"),
    "an alarm of somebody else": (
        an_alarm(resources=[f"{ARN}billing"]),
        "the event names an alarm that is not ours",
    ),
    "our alarm's name in another account": (
        an_alarm(resources=["arn:aws:cloudwatch:us-east-1:210987654321:alarm:lyo-dr-endpoint-eu-west-1-down"]),
        "the event names an alarm that is not ours",
    ),
    "our alarm's name with something behind it": (
        an_alarm(resources=[f"{ARN}lyo-dr-endpoint-eu-west-1-down\n; rm -rf"]),
        "the event names an alarm that is not ours",
    ),
    "a wildcard": (an_alarm(resources=[f"{ARN}*"]), "the event names an alarm that is not ours"),
    "all is well": (
        _with(("detail", "state", "value"), "OK"),
        "the alarm is not in state ALARM; nothing to do",
    ),
    "no detail": (_without("detail"), "the alarm is not in state ALARM; nothing to do"),
    "detail as text": (an_alarm(detail="ALARM"), "the alarm is not in state ALARM; nothing to do"),
    "no moment": (
        _with(("detail", "state"), {"value": "ALARM"}),
        "the alarm's time is missing or has no time zone",
    ),
    "a moment without zone": (
        _with(("detail", "state", "timestamp"), "2026-03-29T12:00:00"),
        "the alarm's time is missing or has no time zone",
    ),
    "a moment as a number": (
        _with(("detail", "state", "timestamp"), 1774785600),
        "the alarm's time is missing or has no time zone",
    ),
    "the thirtieth of February": (
        _with(("detail", "state", "timestamp"), "2026-02-30T12:00:00Z"),
        "the alarm's time is not a date",
    ),
    "before the beginning of the calendar": (
        _with(("detail", "state", "timestamp"), "0001-01-01T00:00:00+23:59"),
        "the alarm's time is not a date",
    ),
    "after its end": (
        _with(("detail", "state", "timestamp"), "9999-12-31T23:59:59-23:59"),
        "the alarm's time is not a date",
    ),
    "digits of another script": (
        _with(("detail", "state", "timestamp"), "２０２６-03-29T12:00:00Z"),  # noqa: RUF001 - that is the point
        "the alarm's time is missing or has no time zone",
    ),
}


@pytest.mark.parametrize(("event", "sentence"), POISON.values(), ids=POISON.keys())
def test_fault_41_a_poisoned_event_is_refused_with_a_sentence(event: Any, sentence: str) -> None:
    with pytest.raises(BadSignal) as refusal:
        signal_from_event(event, PLAN)
    assert str(refusal.value) == sentence


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=10,
)
FIELDS = [
    ("source",),
    ("detail-type",),
    ("account",),
    ("region",),
    ("resources",),
    ("detail",),
    ("detail", "state"),
    ("detail", "state", "value"),
    ("detail", "state", "timestamp"),
    ("detail", "alarmName"),
    ("time",),
    ("id",),
]
MOMENTS = st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat()) | st.from_regex(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", fullmatch=True
)


@given(path=st.sampled_from(FIELDS), value=ANYTHING | MOMENTS | st.text(min_size=1000, max_size=5000))
@example(path=("detail", "state", "timestamp"), value="2026-03-29T12:00:00.123+0000" + "0" * 300_000)
@example(path=("resources",), value=[f"{ARN}lyo-dr-endpoint-eu-central-1-down"])
@settings(max_examples=300, deadline=None)
def test_fault_41_one_poisoned_field_gives_a_valid_signal_or_a_bad_one_and_nothing_else(
    path: tuple[str, ...], value: Any
) -> None:
    _only_bad_or_valid(_with(path, value))


@given(event=ANYTHING)
@settings(max_examples=100, deadline=None)
def test_fault_41_any_event_at_all_gives_a_valid_signal_or_a_bad_one(event: Any) -> None:
    _only_bad_or_valid(event)


def _only_bad_or_valid(event: Any) -> None:
    signal: Signal | None
    said = ""
    try:
        signal = signal_from_event(event, PLAN)
    except BadSignal as refusal:
        said = str(refusal)
        signal = None
    if signal is None:
        assert len(said) < 200, "the payload is quoted"
        return
    assert signal.region in PLAN.regions.pair
    assert signal.at.tzinfo is not None
    assert len(execution_name(signal)) <= 80


@given(moment=st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
@settings(max_examples=100, deadline=None)
def test_the_name_fits_and_is_the_same_in_every_time_zone(moment: datetime) -> None:
    try:
        utc = moment.astimezone(UTC)
    except OverflowError:
        return
    for region in PLAN.regions.pair:
        name = execution_name(a_signal(region=region, at=moment))
        assert name == execution_name(a_signal(region=region, at=utc))
        assert len(name) <= 80
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyzT0123456789-")


def test_two_alarms_a_second_apart_and_two_regions_have_different_names() -> None:
    names = {
        execution_name(a_signal()),
        execution_name(a_signal(region=OREGON)),
        execution_name(a_signal(at=datetime(2026, 3, 29, 12, 0, 1, tzinfo=UTC))),
    }
    assert len(names) == 3
