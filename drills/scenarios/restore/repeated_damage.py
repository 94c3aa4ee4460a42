"""Data that goes wrong again, after the database was promoted from a replica and restored before."""

from __future__ import annotations

import time
import uuid

from drills.engine.context import DrillContext
from drills.engine.incident_view import IncidentView
from drills.engine.scenario import Scenario
from drills.results import expect, targets
from drills.scenarios import faults, needs
from drills.scenarios.restore import damage, delayed_replica
from drills.scenarios.spec import Drill
from drills.world import plan_variants

_ROWS = 40


def damage_twice_before(ctx: DrillContext) -> None:
    """The first time a delayed replica takes the place of the database, the second time a restore of that does."""
    delayed_replica.make_replica(ctx)
    _fill(ctx)
    for way in ("a promoted replica", "a restore"):
        _damage(ctx, way)


def _fill(ctx: DrillContext) -> None:
    with ctx.sql(ctx.primary) as connection, connection.cursor() as cursor:
        rows = [(uuid.uuid4(), "Ada", f"before-{number}") for number in range(_ROWS)]
        cursor.executemany("insert into lyo_appointments (id, customer, slot) values (%s, %s, %s)", rows)


def _damage(ctx: DrillContext, way: str) -> None:
    """Damage, an operator who notices, and the whole way back to a database that is protected again."""
    began = time.time()
    damage.migrate_badly(ctx)
    damage.say_data_is_wrong(ctx)
    incident, _ = ctx.follow(began)
    ctx.afterwards()
    ctx.screen.stage(f"{incident} has ended: the database is {way} now")
    ctx.read_address_again(ctx.primary)
    ctx.refresh_address(ctx.secondary)


def restore_once_before(ctx: DrillContext) -> None:
    """The region restores its database, and its replica is made anew; it is lost only afterwards."""
    names = ctx.world.names(ctx.primary)
    ctx.world.deploy(names.stack("database_restore"))
    _fill(ctx)
    ours, ctx.view = ctx.view, IncidentView(ctx.world, names)
    _damage(ctx, "a restore")
    ctx.view = ours


AGAIN = (
    Drill(
        name="restored-and-region-loss",
        needs=(needs.the_demonstration,),
        proves="A region whose database was restored before is lost: its new replica is promoted as any other.",
        scenario=Scenario(prepare=restore_once_before, inject=faults.lose_primary),
        both_ways=True,
        rehearsed=plan_variants.cooling_down(seconds=1),
        expectations=expect.every(
            targets.failures,
            expect.said("CheckGate", "within the RPO"),
            expect.silent("AskConsent"),
            expect.carried_out("PromoteReadReplica", 1),
        ),
    ),
    Drill(
        name="damaged-again",
        needs=(needs.the_demonstration,),
        must_fire=False,
        proves="A database that was promoted and restored before is restored again, from what it is by then.",
        customer=plan_variants.restoring(delayed=delayed_replica.DELAYED),
        scenario=Scenario(
            prepare=damage_twice_before,
            inject=damage.migrate_badly,
            during=damage.say_data_is_wrong,
            recover=damage.book_on,
            collect=damage.collect,
            in_active=True,
        ),
        expectations=expect.every(
            expect.ended("recovered"),
            expect.said("ChooseRecoveryPoint", "one transaction wrote .* rows of "),
            expect.said("RestoreToNewInstance", "-r-.* is being restored next to .*-r-"),
            expect.back_before_the_damage(within_seconds=1),
            expect.bookings_resumed(),
            expect.traffic_stayed(),
            expect.afterwards_well(),
            expect.said("KeepDamaged", "-r-.* is renamed to .*-damaged-"),
            expect.said("ReplicateAgain", "streams from .*-r-.*: protected again"),
        ),
    ),
)
"""In the order in which they are run."""
