"""Drills of the decision to fail over: what must not fire, what asks a person, what must not happen twice."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from drills.engine import operators
from drills.engine.context import DrillContext
from drills.engine.scenario import PATIENT, Scenario
from drills.results import expect, targets
from drills.scenarios import faults
from drills.scenarios.false_alarms import alarms, disturbances
from drills.scenarios.spec import Drill
from drills.world import plan_variants

_COPIES = 10
_QUIET_SECONDS = 15.0
"""How long nothing may happen where no incident has to be opened: longer than detection and agreement take."""
_LINK_SECONDS = 14.0
_LONG_SECONDS = 14.0
_SHORT_RPO = 10.0


def _disturbed(inject: Callable[[DrillContext], float], **more: Any) -> Scenario:
    """The primary is disturbed and goes on; afterwards everything is put right."""
    return Scenario(inject=inject, recover=disturbances.mend, patience=_QUIET_SECONDS, primary_lives=True, **more)


def _ten_copies(ctx: DrillContext) -> None:
    ctx.screen.stage(f"The alarm is delivered {_COPIES} times more, and once an hour late")
    alarms.deliver_copies(ctx.world, ctx.primary, ctx.secondary, _COPIES)


_LEFT_ALONE = expect.every(expect.ended_in("", "stood_down", "held"), expect.untouched())

FALSE_ALARMS = (
    Drill(
        name="blip",
        proves="A region that is silent for less time than the observers have to agree is left alone.",
        scenario=_disturbed(disturbances.blip),
        expectations=_LEFT_ALONE,
        must_fire=False,
    ),
    Drill(
        name="brownout",
        proves="A service of which two requests in five fail while its database is well promotes nothing.",
        scenario=_disturbed(disturbances.brownout),
        expectations=_LEFT_ALONE,
        rehearsed=plan_variants.budgets(triage=10),
        must_fire=False,
    ),
    Drill(
        name="database-restart",
        proves="A database that fails over between zones, as RDS does by itself, is given its time.",
        scenario=_disturbed(disturbances.restart_databases),
        expectations=_LEFT_ALONE,
        must_fire=False,
    ),
    Drill(
        name="flapping",
        proves="A region that comes and goes does not lead to a failover.",
        scenario=_disturbed(disturbances.flap),
        expectations=_LEFT_ALONE,
        must_fire=False,
    ),
    Drill(
        name="cut-off",
        proves="When only our own view fails, a person is asked, and nothing happens without an answer.",
        scenario=_disturbed(
            disturbances.cut_us_off,
            deadline=PATIENT,
            during=operators.start_by_hand,
            at={"AskConsent": operators.decline},
        ),
        expectations=expect.every(
            expect.ended("held"),
            expect.said("Triage", "cut off"),
            expect.said("AskConsent", "."),
            expect.untouched(),
            expect.users_noticed_nothing(),
        ),
        rehearsed=plan_variants.budgets(triage=8),
        must_fire=False,
    ),
    Drill(
        name="recovery-region-down",
        proves="A recovery region that ails itself says so, and promotes nothing.",
        scenario=Scenario(inject=disturbances.lose_primary_while_recovery_ails),
        expectations=expect.every(
            expect.ended_in("held", "failed"),
            expect.silent("PromoteReplica", "TakeAuthority", "ThrowLatch"),
            expect.replica_stayed(),
            expect.traffic_stayed(),
            expect.no_bookings_resumed(),
        ),
        rehearsed=plan_variants.budgets(triage=8, consent=8),
        must_fire=False,
    ),
    Drill(
        name="us-east-1-down",
        proves="With us-east-1 lost as well, the watcher of the recovery region notices, and it recovers.",
        scenario=Scenario(inject=faults.lose_primary_and_us_east_1),
        expectations=expect.every(
            targets.failures, expect.said("OpenIncident", "Incident opened by watcher"), expect.opened(1)
        ),
    ),
    Drill(
        name="lagging-replica",
        proves="More loss than the RPO is stated and consented to, and the number was right.",
        scenario=Scenario(
            inject=partial(disturbances.lose_primary_after_the_link, seconds=_LINK_SECONDS),
            at={"AskConsent": operators.approve},
        ),
        expectations=expect.every(
            targets.failures_held_up,
            expect.said("AskConsent", "."),
            expect.prediction_within(1.5),
            expect.more_lost_than(_SHORT_RPO),
        ),
        rehearsed=plan_variants.rpo(_SHORT_RPO),
    ),
    Drill(
        name="long-outage",
        proves="A database that was dead for longer than the RPO, with nothing lost, passes the gate.",
        scenario=Scenario(
            inject=faults.lose_primary, during=partial(operators.start_by_hand, after=_LONG_SECONDS), rate=1.0
        ),
        expectations=expect.every(targets.failures_held_up, expect.silent("AskConsent")),
        rehearsed=plan_variants.every(plan_variants.rpo(_SHORT_RPO), plan_variants.under_maintenance),
    ),
    Drill(
        name="duplicate-alarms",
        proves="Ten copies of an alarm, and one an hour old, are one incident and one promotion.",
        scenario=Scenario(inject=faults.lose_primary, during=_ten_copies),
        expectations=expect.every(targets.failures, expect.opened(1), expect.carried_out("PromoteReadReplica", 1)),
    ),
    Drill(
        name="two-operators",
        proves="Two people who start at the same moment start one incident; the other reads who was faster.",
        scenario=Scenario(inject=faults.lose_primary_and_detection, during=operators.two_start),
        expectations=expect.every(targets.failures, expect.opened(1), expect.carried_out("PromoteReadReplica", 1)),
    ),
    Drill(
        name="returns-mid-flight",
        proves="A region that comes back before the promotion is left as it is, and what was prepared is undone.",
        scenario=Scenario(inject=faults.lose_primary, at={"CheckGate": faults.bring_back}, primary_lives=True),
        expectations=expect.every(
            expect.ended_in("stood_down", "held"),
            expect.silent("PromoteReplica", "TakeAuthority", "ThrowLatch"),
            expect.called("PromoteReadReplica", 0),
            expect.replica_stayed(),
            expect.traffic_stayed(),
            expect.bookings_resumed(),
            expect.nothing_lost(),
        ),
        must_fire=False,
    ),
)
"""In the order in which they are run."""
