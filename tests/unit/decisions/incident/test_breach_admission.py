"""When a breach opens an incident, and whose lease gives way to whose."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lyo_dr.decisions.common.lease import gives_way
from lyo_dr.decisions.incident.admission import AdmissionLimits, admit, lease_region
from lyo_dr.model.consent import Recovery
from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.plan import Maintenance
from lyo_dr.model.verdict import Admission
from tests.unit.breaches import BREACH, a_breach_signal
from tests.unit.builders import IRELAND, NOON, OREGON, a_lease, at, first_day


def admitted(here: str = IRELAND, **changes: Any) -> Admission:
    facts: dict[str, Any] = {
        "pair": (IRELAND, OREGON),
        "incident_id": BREACH,
        "record": first_day(),
        "lease": None,
        "now": at(30),
        "max_age": timedelta(days=1),
    }
    return admit(a_breach_signal(), here=here, **{**facts, **changes})


def test_it_opens_in_the_active_region_and_in_no_other() -> None:
    assert admitted().admission == "open"
    assert admitted(here=OREGON).admission == "not_ours"


def test_after_a_failover_it_opens_where_users_are_served_wherever_it_was_found() -> None:
    record = SystemRecord(active_region=OREGON, standby_region=None, epoch=3)
    assert admitted(here=OREGON, record=record).admission == "open"
    assert admitted(here=IRELAND, record=record).admission == "not_ours"


def test_an_old_finding_is_out_of_date() -> None:
    assert admitted(now=NOON + timedelta(hours=25)).admission == "out_of_date"


def test_neither_a_cooldown_nor_maintenance_holds_a_breach_back() -> None:
    window = Maintenance(begins=at(-60), ends=at(600), why="release")
    brakes = AdmissionLimits(
        recovery=Recovery(incident="x", at=NOON), cooldown=timedelta(hours=1), maintenance=[window]
    )
    assert admitted(brakes=brakes).admission == "open"


def test_a_restore_at_work_is_not_disturbed() -> None:
    lease = a_lease(holder="database-bookings-x", expires_at=at(900))
    assert admitted(lease=lease).admission == "duplicate"


def test_the_lease_lies_in_the_standby_while_there_is_one() -> None:
    assert lease_region(a_breach_signal(), IRELAND, first_day()) == OREGON
    assert lease_region(a_breach_signal(), IRELAND, first_day(standby_region=None)) == IRELAND


@pytest.mark.parametrize(
    ("holder", "wants", "gives"),
    [
        (BREACH, "region-eu-west-1-20260329T120000", True),
        (BREACH, "operator-eu-west-1-20260329T120000", True),
        (BREACH, "breach-eu-west-1-other-critical", False),
        (BREACH, "database-bookings-x", False),
        (BREACH, "rotation-x", False),
        ("rotation-x", BREACH, True),
        ("database-bookings-x", BREACH, False),
        ("region-eu-west-1-x", BREACH, False),
    ],
)
def test_a_breach_gives_way_to_a_lost_region_and_to_nothing_else(holder: str, wants: str, gives: bool) -> None:
    assert gives_way(a_lease(holder=holder), wants) is gives
