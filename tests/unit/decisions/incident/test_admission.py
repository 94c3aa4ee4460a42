"""Does a signal open an incident here?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lyo_dr.decisions.incident.admission import admit, lease_region
from lyo_dr.model.verdict import Admission
from tests.unit.builders import FRANKFURT, IRELAND, OREGON, a_lease, a_signal, an_incident, at, first_day

OURS = an_incident().id


def asked(**changes: Any) -> Admission:
    signal = changes.pop("signal", a_signal())
    facts: dict[str, Any] = {
        "here": OREGON,
        "pair": (IRELAND, OREGON),
        "incident_id": OURS,
        "record": first_day(),
        "lease": None,
        "now": at(5),
        "max_age": timedelta(minutes=15),
    }
    return admit(signal, **{**facts, **changes})


OPENS: dict[str, dict[str, Any]] = {
    "the standby, nobody at work": {},
    "a signal as old as it may be": {"now": at(900)},
    "a signal from a clock ahead of ours": {"now": at(-3)},
    "an expired lease": {"lease": a_lease(holder="another", expires_at=at(5))},
    "our own lease: an earlier run crashed": {"lease": a_lease()},
    "failing back: Oregon was lost, Ireland stands by": {
        "signal": a_signal(region=OREGON),
        "here": IRELAND,
        "record": first_day(active_region=OREGON, standby_region=IRELAND, epoch=2),
    },
    "a person": {"signal": a_signal(source="operator", by="ada")},
}


@pytest.mark.parametrize("facts", OPENS.values(), ids=OPENS.keys())
def test_a_signal_of_the_active_region_opens_an_incident_at_its_standby(facts: dict[str, Any]) -> None:
    assert asked(**facts) == Admission(admission="open", sentence="The signal opens an incident")


DAMAGED = a_signal(kind="database", source="operator", database="bookings")


def test_damaged_data_is_mended_in_the_active_region_under_the_lease_of_the_standby() -> None:
    assert asked(signal=DAMAGED, here=IRELAND).admission == "open"
    assert lease_region(DAMAGED, IRELAND, first_day()) == OREGON
    assert lease_region(DAMAGED, IRELAND, first_day(standby_region=None)) == IRELAND
    assert lease_region(a_signal(), OREGON, first_day()) == OREGON


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"here": OREGON}, "A database is restored in the active region, eu-west-1"),
        (
            {"here": IRELAND, "signal": a_signal(kind="database", database="bookings", region=OREGON)},
            "A database is restored in the active region, eu-west-1",
        ),
        ({"here": IRELAND, "signal": a_signal(kind="database")}, "The signal does not name a database"),
    ],
)
def test_damaged_data_elsewhere_is_not_ours(facts: dict[str, Any], sentence: str) -> None:
    assert asked(**{"signal": DAMAGED, **facts}) == Admission(admission="not_ours", sentence=sentence)


def test_while_data_is_mended_a_lost_region_is_a_duplicate_and_the_other_way_round() -> None:
    held = a_lease(holder="another")
    assert asked(lease=held).admission == "duplicate"
    assert asked(signal=DAMAGED, here=IRELAND, lease=held).admission == "duplicate"


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a region outside the pair": (
        {"signal": a_signal(region=FRANKFURT)},
        "not_ours",
        "eu-central-1 is not one of eu-west-1 and us-west-2; this deployment does not protect it",
    ),
    "too old": (
        {"now": at(901)},
        "out_of_date",
        "The signal is 15 min 1 s old, older than 15 min",
    ),
    "ten hours late": ({"now": at(36000)}, "out_of_date", "The signal is 10 h old, older than 15 min"),
    "the standby is down, not the active region": (
        {"signal": a_signal(region=OREGON)},
        "not_ours",
        "us-west-2 is not the active region (eu-west-1 is)",
    ),
    "asked in the lost region itself": (
        {"here": IRELAND},
        "not_ours",
        "eu-west-1 is not the standby (us-west-2 is)",
    ),
    "there is no standby": (
        {"record": first_day(standby_region=None)},
        "not_ours",
        "us-west-2 is not the standby (there is none)",
    ),
    "another incident is in progress": (
        {"lease": a_lease(holder="another")},
        "duplicate",
        (
            "Another incident is in progress since 12:00:00 UTC (5 s) by another; this signal is recorded "
            "only; see `lyo-dr timeline another --follow`"
        ),
    ),
}


@pytest.mark.parametrize(("facts", "admission", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_anything_else_is_recorded_and_starts_nothing(facts: dict[str, Any], admission: str, sentence: str) -> None:
    assert asked(**facts) == Admission(admission=admission, sentence=sentence)  # type: ignore[arg-type]


WITHOUT_A_STANDBY: dict[str, tuple[dict[str, Any], str]] = {
    "a person says in the peer that the active region is lost": ({"here": IRELAND}, "open"),
    "a person says it in the active region itself": ({"here": OREGON}, "not_ours"),
    "a person says that the deposed region is lost": ({"here": IRELAND, "region": IRELAND}, "not_ours"),
    "an alarm says it in the peer": ({"here": IRELAND, "source": "route53"}, "not_ours"),
}


@pytest.mark.parametrize(("told", "admission"), WITHOUT_A_STANDBY.values(), ids=WITHOUT_A_STANDBY.keys())
def test_without_a_standby_only_a_person_may_say_that_the_peer_takes_over(told: dict[str, Any], admission: str) -> None:
    """Oregon is active after a failover and nobody stands by; the gate then asks, or stays closed."""
    ctx = told.pop("here")
    signal = a_signal(**{"source": "operator", "region": OREGON, **told})
    record = first_day(active_region=OREGON, standby_region=None, epoch=1)
    assert asked(signal=signal, here=ctx, record=record).admission == admission


def test_fault_31_the_second_start_says_who_works_since_when_and_how_to_look() -> None:
    verdict = asked(lease=a_lease(holder="alarm-1"), signal=a_signal(source="operator", at=at(300)), now=at(300))
    assert verdict.admission == "duplicate"
    assert "since 12:00:00 UTC (5 min) by alarm-1" in verdict.sentence
    assert verdict.sentence.endswith("see `lyo-dr timeline alarm-1 --follow`")
    assert asked(lease=a_lease(holder="alarm-1", expires_at=at(299)), now=at(300)).admission == "open", "the twin"
