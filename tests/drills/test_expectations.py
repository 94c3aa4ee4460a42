"""Expectations of drills: each holds for the record it describes, and misses every other with a sentence."""

from __future__ import annotations

import dataclasses

import pytest

from drills.client.attempt import Attempt
from drills.results import expect, targets
from drills.results.expect import Expectation
from drills.results.record import Recorded, Seen
from drills.world.plan_variants import by_record, many
from tests.drills.recorded_drill import OREGON, booking, call, line, measured, recovered, state, unmoved
from tests.plans import lyo_plan

STAYED = Seen(database_writable=None, service_ready=None, name_moved=None)
MOVED = Seen(database_writable=1.0, service_ready=1.0, name_moved=1.0)


def misses(ask: Expectation, recorded: Recorded) -> list[str]:
    return ask(recorded, measured(recorded), recorded.plan.objectives)


PROMOTION = call("PromoteReplica", "PromoteReadReplica")
THROTTLED = call("PromoteReplica", "PromoteReadReplica", status=400, fault="throttle")
BEFORE = call("drill", "PromoteReadReplica", after=-5)
SERVED: tuple[Attempt, ...] = (booking(1, -2), booking(2, 1, ok=False), booking(3, 9))

CASES: dict[str, tuple[Expectation, Recorded, Recorded, str]] = {
    "ended": (expect.ended("held"), recovered(ending="held"), recovered(ending=""), "ended in nothing instead of held"),
    "ended in one of several": (
        expect.ended_in("", "held"),
        recovered(ending=""),
        recovered(ending="recovered"),
        "ended recovered instead of nothing or held",
    ),
    "opened": (
        expect.opened(1),
        recovered(opened=1),
        recovered(opened=2),
        "2 incidents were opened instead of 1",
    ),
    "noted": (
        expect.noted("leads to", OREGON),
        recovered(notes={"leads to": OREGON}),
        recovered(),
        "leads to: None instead of 'us-west-2'",
    ),
    "untouched": (
        expect.untouched(),
        recovered(timeline=(), seen=STAYED, state=state(lyo_plan(), promoted=False)),
        recovered(timeline=(line("FenceServices"),), seen=STAYED, state=state(lyo_plan(), promoted=False)),
        "FenceServices ran",
    ),
    "users noticed nothing": (
        expect.users_noticed_nothing(),
        recovered(attempts=(booking(1, -2), booking(2, 1))),
        recovered(),
        "bookings failed, though users should notice nothing",
    ),
    "prediction within": (
        expect.prediction_within(2.5),
        recovered(),
        recovered(predicted_loss_seconds=3.0),
        "the loss was predicted as 3 s and measured as 0 s, more than 2.5 s apart",
    ),
    "more lost than": (
        expect.more_lost_than(1.0),
        recovered(rows=()),
        recovered(),
        "only 0 s of work were lost, more than 1 s should be",
    ),
    "said": (
        expect.said("Triage", "fresh heart"),
        recovered(timeline=(line("Triage", "a fresh heartbeat"),)),
        recovered(timeline=(line("CheckGate", "a fresh heartbeat"),)),
        "Triage did not say 'fresh heart'",
    ),
    "silent": (
        expect.silent("ThrowLatch"),
        recovered(timeline=()),
        recovered(timeline=(line("ThrowLatch"),)),
        "ThrowLatch ran",
    ),
    "carried out": (
        expect.carried_out("PromoteReadReplica", 1),
        recovered(calls=(BEFORE, THROTTLED, PROMOTION)),
        recovered(calls=(PROMOTION, PROMOTION)),
        "PromoteReadReplica was carried out 2 times instead of 1",
    ),
    "called": (
        expect.called("PromoteReadReplica", 1),
        recovered(calls=(BEFORE, THROTTLED)),
        recovered(calls=(THROTTLED, PROMOTION)),
        "PromoteReadReplica was called 2 times instead of 1",
    ),
    "never called by": (
        expect.never_called_by("PromoteReplica"),
        recovered(calls=(BEFORE,)),
        recovered(calls=(PROMOTION,)),
        "PromoteReplica worked, though it should not have been asked",
    ),
    "hit by": (
        expect.hit_by("throttle", 2),
        recovered(calls=(THROTTLED, THROTTLED)),
        recovered(calls=(THROTTLED, PROMOTION)),
        "only 1 calls met the fault throttle, at least 2 should",
    ),
    "traffic stayed": (expect.traffic_stayed(), unmoved(), unmoved(seen=MOVED), "the traffic moved"),
    "replica stayed": (
        expect.replica_stayed(),
        unmoved(state=state(lyo_plan(), promoted=False)),
        unmoved(),
        "lyo-saas-production-postgres-replica was promoted",
    ),
    "all promoted": (
        expect.all_promoted(),
        recovered(),
        recovered(state=state(lyo_plan(), promoted=False)),
        "lyo-saas-production-postgres-replica is read-only",
    ),
    "all services run": (
        expect.all_services_run(),
        recovered(plan=many(lyo_plan())),
        recovered(plan=many(lyo_plan()), state=state(many(lyo_plan()), running=1)),
        "too few tasks of assistant run",
    ),
    "bookings resumed": (
        expect.bookings_resumed(),
        recovered(),
        unmoved(),
        "the client never got an answer again",
    ),
    "something was broken": (
        expect.bookings_resumed(),
        recovered(),
        recovered(attempts=(booking(1, -2), booking(2, 1))),
        "the client noticed nothing, so nothing was broken",
    ),
    "no bookings resumed": (
        expect.no_bookings_resumed(),
        unmoved(),
        unmoved(attempts=SERVED),
        "bookings were taken, though nothing had recovered",
    ),
    "nothing lost": (
        expect.nothing_lost(),
        recovered(),
        recovered(rows=()),
        "2 acknowledged bookings are not in the database",
    ),
    "few lost": (
        expect.few_lost(0.6),
        recovered(rows=recovered().rows[:1]),
        recovered(rows=()),
        "2 of 2 bookings are lost, 0 doubled; 1 may be",
    ),
    "something was booked": (
        expect.nothing_lost(),
        recovered(),
        recovered(attempts=(booking(1, -2, ok=False),)),
        "the client made no booking, so nothing was measured",
    ),
    "stopped before traffic": (
        expect.stopped_before_traffic(),
        unmoved(),
        unmoved(timeline=(*unmoved().timeline, line("ThrowLatch"))),
        "ThrowLatch ran",
    ),
}


@pytest.mark.parametrize(("ask", "good", "bad", "sentence"), CASES.values(), ids=CASES.keys())
def test_an_expectation_holds_for_what_it_describes_and_misses_what_it_does_not(
    ask: Expectation, good: Recorded, bad: Recorded, sentence: str
) -> None:
    assert misses(ask, good) == []
    assert misses(ask, bad) == [sentence] if "ended" not in sentence else sentence in misses(ask, bad)[0]


def test_a_recovery_that_met_its_targets_misses_nothing() -> None:
    assert misses(targets.failures, recovered()) == []


@pytest.mark.parametrize("changes", [{"ending": "held"}, {"predicted_loss_seconds": None}, {"after": {"x": "FAILED"}}])
def test_a_recovery_that_missed_one_thing_says_so(changes: dict[str, object]) -> None:
    assert len(misses(targets.failures, recovered(**changes))) == 1


CHANGE = call("ChangeRecord", "ChangeResourceRecordSets", service="route53", region="us-east-1")
OTHER = call("CheckGate", "ListResourceRecordSets", service="route53", region="us-east-1")


def test_only_strategy_record_may_call_route_53_and_only_with_its_own_steps() -> None:
    recorded = recovered(plan=by_record(lyo_plan()), calls=(CHANGE,))
    assert misses(targets.failures_by_record, recorded) == []
    assert misses(targets.failures, recorded) == [
        "ChangeRecord called route53:ChangeResourceRecordSets in us-east-1 on the failover path"
    ]
    assert len(misses(targets.failures_by_record, dataclasses.replace(recorded, calls=(CHANGE, OTHER)))) == 1


def test_an_incident_that_did_not_recover_has_no_critical_path_and_no_ratio() -> None:
    found = measured(recovered(ending="held"))
    assert (found.critical_path, found.ratio) == ((), None)
    assert found.outage_seconds == pytest.approx(9.1)
