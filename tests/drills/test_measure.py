"""The figures of a drill: where the outage went, what nobody could have left out, what was lost."""

from __future__ import annotations

import pytest

from drills.client.attempt_log import Outage
from drills.results.critical_path import critical_path
from drills.results.measure import measure
from drills.results.parts import outage_parts
from drills.results.record import Recorded, Seen
from tests.drills.drill_record import (
    ATTEMPTS,
    CALLS,
    FAULT,
    STEPS,
    TIMELINE,
    attempt,
    call,
    line,
    measured,
    recorded,
    rehearsed,
    rows,
    timeline,
)
from tests.drills.report.drills_of_each_kind import KINDS, RESTORE
from tests.plans import lyo_plan

WHOLE = {
    "detection: checks, alarm, event": 3.0,
    "triage: observers asked until they agree": 3.0,
    "gate: loss and replica": 0.5,
    "facts read again": 3.0,
    "fence of the lost region": 2.0,
    "promotion and capacity at once": 2.5,
    "validation at the standby": 1.0,
    "authority and latch": 0.5,
    "DNS: check, TTL, first answer": 2.5,
}


def cut(drill: Recorded, ended: float | None = FAULT + 18.0, began: float = FAULT) -> dict[str, float]:
    parts = outage_parts(drill, "failover", Outage(began, ended, 1))
    return {part.name: part.seconds for part in parts}


def test_the_outage_is_cut_at_the_milestones_and_its_parts_add_up() -> None:
    parts = cut(recorded())
    assert parts == pytest.approx(WHOLE)
    assert sum(parts.values()) == pytest.approx(18.0)


def test_parts_begin_with_the_first_failed_request_so_that_they_add_up_to_the_outage() -> None:
    parts = cut(recorded(), began=FAULT + 0.5)
    assert parts["detection: checks, alarm, event"] == pytest.approx(2.5)
    assert sum(parts.values()) == pytest.approx(17.5)
    late = cut(recorded(), began=FAULT + 6.2)
    assert list(late) == list(WHOLE)[2:]
    assert late["gate: loss and replica"] == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("missing", "without"),
    [
        ({"OpenIncident"}, [0]),
        ({"Triage"}, [1]),
        ({"FenceServices"}, [4]),
        ({"AcceptProof"}, []),  # capacity alone still marks the end of the two that run side by side
        ({"CheckCapacity"}, []),
        ({"AcceptProof", "CheckCapacity"}, [5]),
        ({"ThrowLatch"}, [7]),
        (set(TIMELINE), list(range(8))),
    ],
)
def test_a_milestone_that_is_missing_leaves_its_time_to_the_next_part(missing: set[str], without: list[int]) -> None:
    parts = cut(recorded(timeline=timeline(**dict.fromkeys(missing))))
    assert list(parts) == [name for number, name in enumerate(WHOLE) if number not in without]
    assert sum(parts.values()) == pytest.approx(18.0)


def test_the_last_part_is_missing_when_the_client_never_got_an_answer() -> None:
    assert list(cut(recorded(), None)) == list(WHOLE)[:-1]


def test_what_was_reached_after_the_first_answer_is_no_part_of_the_outage() -> None:
    parts = cut(recorded(), FAULT + 14.5)
    assert list(parts) == list(WHOLE)[:7]
    assert parts["validation at the standby"] == pytest.approx(0.5)


def test_a_step_that_spoke_twice_counts_by_its_last_word_but_the_incident_opens_once() -> None:
    lines = (*timeline(), line("OpenIncident", 4.0), line("Triage", 6.2))
    parts = cut(recorded(timeline=lines), None)
    assert list(parts.values())[:3] == pytest.approx([3.0, 3.2, 0.3])


def test_only_the_look_at_the_stand_by_itself_is_the_validation_before_the_switch() -> None:
    through_the_front = line("CheckEndpoints", 17.0, "All endpoints answer through the public DNS name.")
    parts = cut(recorded(timeline=(*timeline(), through_the_front)), None)
    assert parts["validation at the standby"] == pytest.approx(1.0)
    lines = (*timeline(CheckEndpoints=None), through_the_front)
    assert "validation at the standby" not in cut(recorded(timeline=lines), None)


def test_a_restore_is_cut_into_its_own_steps_from_its_own_stop_on() -> None:
    found = measure(RESTORE, STEPS)
    assert found.kind == "restore"
    assert {part.name: round(part.seconds, 2) for part in found.parts} == {
        "stop the damage": 0.6,
        "keep the evidence": 0.4,
        "restore to a new instance": 2.0,
        "warm, read and judge the restored data": 1.0,
        "set the logins, point the secrets": 1.0,
        "renew the tasks": 2.1,
    }
    assert sum(part.seconds for part in found.parts) == pytest.approx(found.outage_seconds)


def test_only_a_lost_region_has_a_critical_path() -> None:
    with_path = {name for name, drill in KINDS.items() if measure(drill, STEPS).critical_path}
    assert with_path == {"failover"}


def test_the_kind_of_a_drill_is_what_the_product_did_in_it() -> None:
    kinds = {name: measure(drill, STEPS).kind for name, drill in KINDS.items()}
    assert kinds == {
        "failover": "failover",
        "failover that never recovers": "failover",
        "restore": "restore",
        "breach": "breach",
        "rotation": "rotation",
        "quiet": "quiet",
        "nothing recorded": "quiet",
    }
    late = recorded(timeline=(*timeline(), line("CloseRotation", 30.0), line("ChooseRecoveryPoint", 1.0)))
    assert measure(late, STEPS).kind == "failover", "a rotation or a restore may be part of it"


def test_the_critical_path_holds_what_was_measured_outside_the_product() -> None:
    found = {part.name: part.seconds for part in critical_path(recorded(), FAULT + 18.0)}
    assert found == pytest.approx(
        {
            "detection: checkers or watcher, and the alarm": 2.0,
            "the agreement of the observers": 3.0,
            "a second look at a silent region": 2.5,
            "one silent call of the fence": 2.0,
            "promotion or capacity, whichever took longer": 2.0,
            "the latch: metric, health check, DNS answer": 1.6,
            "the client's cached answer": 1.0,
        }
    )


def test_the_critical_path_with_nothing_seen_is_what_had_to_be_waited_for() -> None:
    blind = recorded(seen=Seen(None, None, None), calls=(), signal_at=FAULT)
    assert [part.seconds for part in critical_path(blind, None)] == [0.0, 5.0, 2.5, 0.0, 0.0]


@pytest.mark.parametrize(
    ("seen", "seconds"),
    [
        (Seen(FAULT + 13.0, FAULT + 12.0, None), 1.4),
        (Seen(FAULT + 12.0, FAULT + 13.0, None), 1.4),
        (Seen(FAULT + 13.0, None, None), 1.4),
        (Seen(None, FAULT + 13.0, None), 1.4),
        (Seen(FAULT + 11.0, FAULT + 11.0, None), 0.0),
    ],
)
def test_promotion_and_capacity_count_from_the_first_call_to_the_later_of_the_two(seen: Seen, seconds: float) -> None:
    found = {part.name: part.seconds for part in critical_path(recorded(seen=seen), None)}
    assert found["promotion or capacity, whichever took longer"] == pytest.approx(seconds)


def test_calls_before_the_fault_are_no_part_of_the_critical_path() -> None:
    earlier = (call("ThrowLatch", "PutMetricData", -30.0), call("X", "UpdateService", -30.0), *CALLS)
    assert critical_path(recorded(calls=earlier), FAULT + 18.0) == critical_path(recorded(), FAULT + 18.0)


def test_the_record_strategy_is_named_and_timed_by_its_own_step() -> None:
    plan = rehearsed(traffic__strategy="record").plan
    calls = (*CALLS[:3], call("ChangeRecord", "ChangeResourceRecordSets", 16.0, service="route53"))
    lines = (*timeline(ThrowLatch=None), line("ChangeRecord", 16.2))
    drill = recorded(plan, calls=calls, timeline=lines)
    path = {part.name: part.seconds for part in critical_path(drill, FAULT + 18.0)}
    assert path["the record: change, DNS answer"] == pytest.approx(1.0)
    assert list(cut(drill, None))[-1] == "authority and record"


def test_outage_and_ratio_are_the_clients() -> None:
    found = measured()
    assert found.outage_seconds == pytest.approx(17.6)
    assert found.ratio == pytest.approx(17.6 / sum(part.seconds for part in found.critical_path))


def test_latency_is_the_clients_before_the_fault() -> None:
    before = [attempt(-3.0 + n / 10, f"quick-{n}", lasting=0.01) for n in range(20)]
    slow_afterwards = [attempt(18.0 + n, f"slow-{n}", lasting=0.9) for n in range(80)]
    found = measured(attempts=(*before, attempt(-1.0, "slowest", lasting=0.05), *slow_afterwards))
    assert (found.latency_p50_ms, found.latency_p99_ms) == pytest.approx((10.0, 50.0), abs=0.1)


def test_a_client_that_never_got_an_answer_has_no_outage_in_seconds_and_no_ratio() -> None:
    found = measured(attempts=ATTEMPTS[:3])
    assert (found.outage_seconds, found.ratio) == (None, None)


def test_a_client_that_noticed_nothing_had_an_outage_of_zero() -> None:
    found = measured(attempts=(attempt(-2.0, "early"), attempt(1.0, "again")))
    assert (found.outage_seconds, found.ratio) == (0.0, None)


def test_a_client_that_made_no_attempt_has_no_latency() -> None:
    found = measured(attempts=(), rows=())
    assert (found.latency_p50_ms, found.loss.acknowledged, found.loss.measured_seconds) == (None, 0, 0.0)


def test_a_drill_that_did_not_recover_has_no_critical_path() -> None:
    found = measured(ending="failed")
    assert (found.critical_path, found.ratio) == ((), None)


def test_loss_is_counted_row_by_row() -> None:
    loss = measured(rows=rows("early", "again", "again", "failed", "of another client")).loss
    assert (loss.acknowledged, loss.lost, loss.duplicated, loss.unacknowledged) == (3, 1, 1, 1)
    assert loss.measured_seconds == pytest.approx(0.4)  # "late" was promised 0.4 s before the fault


def test_nothing_is_lost_when_every_promise_is_in_the_database() -> None:
    loss = measured(rows=rows("early", "late", "again")).loss
    assert (loss.lost, loss.duplicated, loss.measured_seconds) == (0, 0, 0.0)


def test_observers_agree_for_as_long_as_the_plan_wants_and_a_look_lasts_as_long_as_a_probe_may_wait() -> None:
    plan = lyo_plan(timing__probe_timeout="PT4S", policy__agreement="PT2M")
    found = {part.name: part.seconds for part in critical_path(recorded(plan), None)}
    assert found["the agreement of the observers"] == 118.0
    assert found["a second look at a silent region"] == 4.0
    late = {part.name: part.seconds for part in critical_path(recorded(plan, signal_at=FAULT + 300), None)}
    assert late["the agreement of the observers"] == 4.0, "one look is needed in any case"
