"""A person restores to a snapshot: the customer's own way of old, with the loss it means said beforehand."""

from __future__ import annotations

import time

from drills.engine.context import DrillContext
from drills.engine.scenario import Scenario
from drills.results import expect
from drills.results.expect import Expectation
from drills.results.measure import Measured
from drills.results.record import Recorded
from drills.scenarios import needs
from drills.scenarios.restore import damage
from drills.scenarios.spec import Drill
from lyo_dr.model.plan import Objectives

_NAME = "before-the-release"
_BEGUN = "snapshot begun"
_SNAPSHOT_SECONDS = 60.0


def migrate_after_a_snapshot(ctx: DrillContext) -> float:
    """Take a snapshot, as before a release; then the migration goes wrong."""
    rds, identifier = ctx.world.client("rds", ctx.primary), ctx.world.plan.databases[0].instances[ctx.primary]
    ctx.notes[_BEGUN] = time.time()
    ctx.screen.stage(f"Somebody takes snapshot {_NAME} before the release")
    rds.create_db_snapshot(DBSnapshotIdentifier=_NAME, DBInstanceIdentifier=identifier)

    def taken() -> bool:
        found = rds.describe_db_snapshots(DBSnapshotIdentifier=_NAME)["DBSnapshots"][0]
        return bool(found["Status"] == "available")

    ctx.wait_until(taken, _SNAPSHOT_SECONDS)
    return damage.migrate_badly(ctx)


def say_which_snapshot(ctx: DrillContext) -> None:
    """The operator wants that snapshot and no other moment."""
    damage.say_data_is_wrong(ctx, lambda _at: {"snapshot": _NAME})


def nothing_before_it_lost() -> Expectation:
    """Every booking that was acknowledged before the snapshot was begun is there, and later ones are not all."""

    def check(recorded: Recorded, _measured: Measured, _objectives: Objectives) -> list[str]:
        begun, kept = float(recorded.notes[_BEGUN]), {name for name, _ in recorded.rows}
        booked = [attempt for attempt in recorded.attempts if attempt.ok and attempt.t_end < recorded.fault_at]
        early = [attempt for attempt in booked if attempt.t_end < begun]
        lost = [attempt for attempt in early if attempt.id not in kept]
        late = [attempt for attempt in booked if attempt.t_start > begun and attempt.id not in kept]
        misses = [] if early else ["nobody had booked before the snapshot"]
        misses += [] if late else ["nothing is missing that came after the snapshot: it was not restored"]
        return [*misses, *([f"{len(lost)} of {len(early)} bookings from before it are missing"] if lost else [])]

    return check


SNAPSHOT = (
    Drill(
        name="restore-snapshot",
        needs=(needs.a_table, needs.its_schema),
        must_fire=False,
        proves="A snapshot an operator names is restored beside the database, with what is lost by it said beforehand.",
        scenario=Scenario(
            inject=migrate_after_a_snapshot,
            during=say_which_snapshot,
            recover=damage.book_on,
            collect=damage.collect,
            in_active=True,
        ),
        expectations=expect.every(
            expect.ended("recovered"),
            expect.said("ChooseRecoveryPoint", f"^Restoring to snapshot {_NAME}: .*everything after .* UTC is lost"),
            expect.carried_out("RestoreDBInstanceFromDBSnapshot", 1),
            expect.called("RestoreDBInstanceToPointInTime", 0),
            expect.collected("damaged rows", "^0$"),
            nothing_before_it_lost(),
            expect.bookings_resumed(),
            expect.traffic_stayed(),
            expect.afterwards_well(),
            expect.said("KeepDamaged", "is kept as .*-damaged-"),
            expect.said("ReplicateAgain", "streams from .*: protected again"),
        ),
    ),
)
"""In the order in which they are run."""
