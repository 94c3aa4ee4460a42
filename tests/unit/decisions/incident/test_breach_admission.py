"""When a breach opens an incident, and whose lease gives way to whose."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lyo_dr.decisions.common.precedence import ORDER
from lyo_dr.decisions.incident.admission import AdmissionLimits, admit
from lyo_dr.model.consent import Recovery
from lyo_dr.model.incident import SystemRecord
from lyo_dr.model.plan import Maintenance
from lyo_dr.model.verdict import Admission
from tests.unit.breaches import BREACH, a_breach_signal
from tests.unit.builders import IRELAND, NOON, OREGON, a_lease, a_signal, at, first_day


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


@pytest.mark.parametrize("kind", ORDER)
def test_containment_waits_for_nothing_whoever_holds_the_lease(kind: Any) -> None:
    assert admitted(lease=a_lease(holder="another", kind=kind, expires_at=at(900))).admission == "open"


def test_the_twin_a_restore_waits_or_is_recorded_while_a_region_is_recovered() -> None:
    lease = a_lease(holder="another", expires_at=at(900))
    damaged = a_signal(kind="database", source="operator", database="bookings")
    verdict = admit(
        damaged,
        here=IRELAND,
        pair=(IRELAND, OREGON),
        incident_id="operator-bookings-x",
        record=first_day(),
        lease=lease,
        now=at(30),
        max_age=timedelta(minutes=15),
    )
    assert verdict.admission == "duplicate"
