"""Which incident may be taken up again, and which not."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.decisions.incident.resume import execution_of_run, may_resume
from lyo_dr.model.verdict import Admission
from tests.unit.builders import IRELAND, NOON, OREGON, a_lease, an_incident, at, first_day

ID = an_incident().id
AGAIN = f"{ID}-2"
FAILED = {"state": "failed", "ending": "failed", "execution": ID, "region": OREGON, "lost_region": IRELAND}
KEPT = a_lease(expires_at=at(365 * 86400))


def asked(incident: str = ID, **changes: Any) -> Admission:
    facts: dict[str, Any] = {
        "head": FAILED,
        "execution": AGAIN,
        "here": OREGON,
        "record": first_day(),
        "lease": KEPT,
        "now": at(600),
    }
    given = {**facts, **changes}
    return may_resume(incident, given.pop("head"), **given)


TAKEN = {**FAILED, "authority": "taken", "ending": "degraded"}
MOVED = first_day(active_region=OREGON, standby_region=None, epoch=1)
RESUMED: dict[str, dict[str, Any]] = {
    "failed, and its lease is kept": {},
    "failed, and its lease was released": {"lease": a_lease(expires_at=NOON)},
    "failed hours ago: freshness does not apply": {"now": at(36_000)},
    "degraded after it had taken authority": {"head": TAKEN, "record": MOVED},
    "still called open, and its execution died: its lease ran out": {
        "head": {**FAILED, "state": "open", "ending": ""},
        "lease": a_lease(expires_at=at(599)),
    },
    "its own retry": {"head": {**FAILED, "state": "open", "execution": AGAIN}, "lease": a_lease(epoch=2)},
    "a rotation holds the lease meanwhile": {"lease": a_lease(holder="rotation-x", kind="rotation")},
    "a restore holds it, and the region is seen to be lost": {
        "lease": a_lease(holder="database-x", kind="restore", expires_at=at(900)),
        "seen_lost": True,
    },
    "a person reported it, and there was no standby": {"record": first_day(standby_region=None)},
}


@pytest.mark.parametrize("facts", RESUMED.values(), ids=RESUMED.keys())
def test_a_failed_incident_is_taken_up_again(facts: dict[str, Any]) -> None:
    assert asked(**facts).admission == "open"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "it recovered": (
        {"head": {**FAILED, "state": "closed", "ending": "recovered"}},
        f"{ID} has ended (recovered); only a failed incident is taken up again",
    ),
    "it was held": (
        {"head": {**FAILED, "state": "closed", "ending": "held"}},
        f"{ID} has ended (held); only a failed incident is taken up again",
    ),
    "it is running": (
        {"head": {**FAILED, "state": "open", "ending": ""}, "lease": a_lease(expires_at=at(900))},
        f"{ID} is still in progress, in execution {ID}; follow it: `lyo-dr timeline {ID} --follow`",
    ),
    "it was taken up by somebody else before": (
        {"head": {**FAILED, "state": "open", "execution": f"{ID}-3"}, "lease": a_lease(expires_at=at(900))},
        f"{ID} is still in progress, in execution {ID}-3; follow it: `lyo-dr timeline {ID} --follow`",
    ),
    "there is none": ({"head": None}, f"There is no incident {ID} in us-west-2"),
    "a restore": (
        {"head": {**FAILED, "region": IRELAND, "database": "bookings"}},
        (
            f"{ID} is a restore and is not taken up again: a restore that failed was rolled back; start a new one: "
            "`lyo-dr start --database bookings`"
        ),
    ),
    "a breach": (
        {"head": {**FAILED, "breach": "f1"}},
        (
            f"{ID} is a breach and is not taken up again: its containment and its evidence stay; report it again: "
            "`lyo-dr breach report`"
        ),
    ),
    "another region is active since": (
        {"record": MOVED},
        "The system was changed since: us-west-2 is active at epoch 1; start a new incident: `lyo-dr start --lost`",
    ),
    "it had taken authority, and a standby was declared since": (
        {"head": TAKEN, "record": first_day(active_region=OREGON, standby_region=IRELAND, epoch=2)},
        "The system was changed since: us-west-2 is active at epoch 2; start a new incident: `lyo-dr start --lost`",
    ),
    "another incident is at work": (
        {"lease": a_lease(holder="another", expires_at=at(900))},
        f"another has been in progress for 10 min; {ID} can be taken up again when that has ended",
    ),
    "a restore is at work, and nobody sees the region lost": (
        {"lease": a_lease(holder="database-x", kind="restore", expires_at=at(900))},
        f"database-x has been in progress for 10 min; {ID} can be taken up again when that has ended",
    ),
}


@pytest.mark.parametrize(("facts", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_the_twin_anything_else_is_not_and_says_why(facts: dict[str, Any], sentence: str) -> None:
    assert asked(**facts) == Admission(admission="not_resumable", sentence=sentence)


def test_a_rotation_is_finished_by_the_next_one() -> None:
    assert asked("rotation-operator-1").sentence == (
        "rotation-operator-1 is a rotation and is not taken up again: the next rotation finishes it: `lyo-dr rotate`"
    )


@pytest.mark.parametrize("run", [2, 37])
def test_the_name_of_the_execution_is_fixed_and_fits(run: int) -> None:
    assert execution_of_run(ID, run) == f"{ID}-{run}"
    long = execution_of_run("a" * 80, run)
    assert len(long) == 80
    assert long.endswith(f"a-{run}")
