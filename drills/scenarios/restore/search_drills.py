"""Drills of a restore whose moment has to be searched, and of one that is killed after every state."""

from __future__ import annotations

from drills.engine.scenario import Scenario
from drills.results import expect
from drills.scenarios import needs
from drills.scenarios.restore import damage, interrupted, search
from drills.scenarios.spec import Drill

_ONE_INSTANCE = r"^[a-z-]+-damaged-[0-9a-f]{8}, [a-z-]+-r-s-[0-9a-f]{8}-\d+$"

SEARCH = (
    Drill(
        name="no-evidence",
        needs=(needs.the_demonstration,),
        must_fire=False,
        proves="Where no row says when it was written, restores that are thrown away find the second, and are gone.",
        scenario=Scenario(
            prepare=search.stop_dating,
            inject=search.migrate_badly_later,
            during=damage.say_data_is_wrong,
            recover=damage.book_on,
            collect=search.collect,
            in_active=True,
        ),
        expectations=expect.every(
            expect.noted("commits are dated", "off"),
            expect.ended("recovered"),
            expect.said(
                "ChooseRecoveryPoint", "no single transaction stands out since.*searching it with temporary restores"
            ),
            expect.said("PlanProbes", "temporary restores at"),
            expect.said("JudgeProbe", "appointments of nobody: .* instead of 0"),
            expect.said("CloseSearch", r"^Good at .* shows it\), damaged at .* instance-hours of "),
            expect.back_before_the_damage(within_seconds=1),
            expect.collected("eu-west-1", _ONE_INSTANCE),
            expect.bookings_resumed(),
            expect.traffic_stayed(),
            expect.afterwards_well(),
            expect.said("KeepDamaged", "is kept as .*-damaged-"),
            expect.said("ReplicateAgain", "streams from .*: protected again"),
        ),
        rehearsed=search.to_the_second,
    ),
    Drill(
        name="interrupted-restore",
        needs=(needs.the_demonstration,),
        must_fire=False,
        proves="Killed after every state and started again, a restore ends as if it had never been: one instance.",
        scenario=Scenario(
            prepare=damage.spoil_secret,
            inject=damage.migrate_badly,
            during=interrupted.start_again_and_again,
            recover=damage.book_on,
            collect=interrupted.collect,
            in_active=True,
        ),
        expectations=expect.every(
            expect.noted("killed", 18),
            expect.ended("recovered"),
            expect.said("ChooseRecoveryPoint", "^Restoring to .*: resuming where operator-18-.* was interrupted"),
            expect.carried_out("RestoreDBInstanceToPointInTime", 1),
            expect.back_before_the_damage(within_seconds=1),
            expect.collected("eu-west-1", r"^[a-z-]+-damaged-[0-9a-f]{8}, [a-z-]+-r-[0-9a-f]{8}-1$"),
            expect.collected("evidence", r"^[a-z-]+-evidence-[0-9a-f]{8}$"),
            expect.collected("tasks", "^2 wanted, 2 run$"),
            expect.collected("secret", damage.ODD_SECRET),
            expect.bookings_resumed(),
            expect.traffic_stayed(),
            expect.afterwards_well(),
            expect.said("KeepDamaged", "is kept as .*-damaged-"),
            expect.said("ReplicateAgain", "streams from .*: protected again"),
        ),
    ),
)
"""In the order in which they are run."""
