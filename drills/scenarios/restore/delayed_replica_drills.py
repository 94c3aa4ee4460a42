"""Drills of a delayed replica: promoted instead of a restore, and given up where it holds the damage after all."""

from __future__ import annotations

from drills.engine.scenario import Scenario
from drills.results import expect
from drills.results.stated_durations import stated_at_most
from drills.scenarios import needs
from drills.scenarios.restore import damage, delayed_replica, reconciliation
from drills.scenarios.restore.reconciliation_drills import GIVEN_BACK
from drills.scenarios.spec import Drill
from drills.world import plan_variants

DELAYED = (
    Drill(
        name="delayed-replica",
        needs=(needs.the_demonstration,),
        must_fire=False,
        proves="Damage younger than the delay of a replica: the replica is promoted, and nothing has to be restored.",
        customer=plan_variants.restoring(delayed=delayed_replica.DELAYED),
        scenario=Scenario(
            prepare=delayed_replica.make_replica,
            inject=damage.migrate_badly,
            during=damage.say_data_is_wrong,
            recover=reconciliation.give_back,
            collect=delayed_replica.collect,
            in_active=True,
        ),
        expectations=expect.every(
            GIVEN_BACK,
            expect.said("HoldDelayed", "^lyo-saas-production-postgres-delayed: replay paused at "),
            expect.said("ChooseDelayed", "before the damage: promoting it instead of restoring$"),
            expect.said("AdvanceDelayed", "its delay is set to .* to replay up to just before the damage"),
            expect.said("AdvanceDelayed", "is promoted at .*: the last .* before the recovery point are missing"),
            stated_at_most("AdvanceDelayed", "is promoted at .*: the last", 5.4),
            expect.said("CloseIncident", "in lyo-saas-production-postgres-delayed"),
            expect.called("RestoreDBInstanceToPointInTime", 0),
            expect.carried_out("PromoteReadReplica", 1),
            expect.back_before_the_damage(within_seconds=6),
            expect.collected("eu-west-1", r"^[a-z-]+-damaged-[0-9a-f]{8}, lyo-saas-production-postgres-delayed$"),
            expect.collected("delay in the group", "^40000$"),
            expect.said("AddZone", "gets .*DBParameterGroupName .* of the damaged instance"),
            expect.said("KeepDamaged", "is kept as .*-damaged-"),
            expect.said("ReplicateAgain", "streams from lyo-saas-production-postgres-delayed: protected again"),
        ),
    ),
    Drill(
        name="delayed-replica-replays",
        needs=(needs.the_demonstration,),
        must_fire=False,
        proves="A promotion that replays the damage after all is seen before users are, and a restore takes its place.",
        customer=plan_variants.restoring(delayed=delayed_replica.DELAYED),
        scenario=Scenario(
            prepare=delayed_replica.make_replica_that_replays_on,
            inject=damage.migrate_badly,
            during=damage.say_data_is_wrong,
            recover=damage.book_on,
            collect=delayed_replica.collect,
            in_active=True,
        ),
        expectations=expect.every(
            expect.ended("recovered"),
            expect.said(
                "JudgeRestored", "-delayed is damaged as well: .*replayed on to .* past the recovery point.*; next: 20"
            ),
            expect.carried_out("PromoteReadReplica", 1),
            expect.called("RestoreDBInstanceToPointInTime", 1),
            expect.back_before_the_damage(within_seconds=1),
            expect.bookings_resumed(),
            expect.traffic_stayed(),
            expect.afterwards_well(),
            expect.said("ReplicateAgain", "streams from .*-r-.*: protected again"),
        ),
    ),
)
"""In the order in which they are run."""
