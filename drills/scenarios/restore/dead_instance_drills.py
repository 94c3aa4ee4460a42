"""Drills of a database whose instance dies, or seems to."""

from __future__ import annotations

from drills.engine.scenario import Scenario
from drills.results import expect
from drills.scenarios.restore import damage, dead_instance, dead_instance_expectations
from drills.scenarios.spec import Drill
from drills.world import plan_variants

DEAD = (
    Drill(
        name="dead-instance",
        must_fire=False,
        proves="An instance that stays dead is restored to its last archived second, with the loss said beforehand.",
        scenario=Scenario(
            inject=dead_instance.lose_instance, recover=damage.book_on, collect=damage.collect, in_active=True
        ),
        expectations=expect.every(
            expect.ended("recovered"),
            expect.said("OpenIncident", "Incident opened by (connections|errors): the instance of .* may be dead"),
            dead_instance_expectations.rds_had_its_turn(),
            expect.said("ChooseRecoveryPoint", "up to .* of work is lost: the backup ends at"),
            expect.said("PreserveEvidence", "No snapshot taken"),
            expect.said("KeepDamaged", "is failed, cannot be renamed, and is kept under its own name"),
            expect.said("ReplicateAgain", "streams from .*: protected again"),
            expect.carried_out("RestoreDBInstanceToPointInTime", 1),
            expect.bookings_resumed(),
            dead_instance_expectations.lost_no_more_than_stated(),
            expect.traffic_stayed(),
            expect.afterwards_well(),
        ),
        customer=plan_variants.restoring(start="automatic"),
    ),
    Drill(
        name="zone-failover",
        must_fire=False,
        proves="A database that fails over between zones raises its alarm, is given its time, and is left alone.",
        scenario=Scenario(inject=dead_instance.fail_over_between_zones, patience=40.0, in_active=True),
        expectations=expect.every(
            expect.ended("stood_down"),
            expect.said("TriageDatabase", "^No action for .*: it responds"),
            expect.silent("ChooseRecoveryPoint", "StopDamage", "RestoreToNewInstance"),
            expect.called("RestoreDBInstanceToPointInTime", 0),
            expect.bookings_resumed(),
            expect.traffic_stayed(),
            expect.nothing_lost(),
        ),
        customer=plan_variants.restoring(start="automatic"),
        rehearsed=dead_instance.longer_turn,
    ),
)
"""In the order in which they are run."""
