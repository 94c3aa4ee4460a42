"""A restored volume that is cold: RDS calls the instance available, and the first reading of each table takes long."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from drills.engine.context import DrillContext
from drills.engine.scenario import Scenario
from drills.results import expect
from drills.scenarios import needs
from drills.scenarios.restore import damage
from drills.scenarios.spec import Drill
from lyo_dr.model.plan import Plan

_FIRST_READING_SECONDS = 12.0
_WARM = timedelta(seconds=3)
"""``sql_timeout``, a quarter of a first reading; prewarming is over before one table is read, too."""
_COLD = timedelta(seconds=15)
"""One round of the integrity queries: more than one table takes, and less than two."""
_BUDGET = timedelta(seconds=120)


def cool_restores(ctx: DrillContext) -> None:
    """Whatever is restored from now on has to fetch each table when it is first read."""
    ctx.screen.stage(f"Restored volumes are cold: the first reading of a table takes {_FIRST_READING_SECONDS:g} s")
    ctx.world.host.cool_restores(_FIRST_READING_SECONDS)


def short_time_outs(plan: Plan) -> Plan:
    """Far shorter than the first reading of a table, as seconds are against the minutes it takes on AWS."""
    databases = [
        msgspec.structs.replace(database, restore=msgspec.structs.replace(database.restore, warm_budget=_WARM))
        for database in plan.databases
    ]
    return msgspec.structs.replace(
        plan,
        databases=databases,
        timing=msgspec.structs.replace(plan.timing, sql_timeout=_WARM, cold_sql_timeout=_COLD),
        budgets=msgspec.structs.replace(plan.budgets, first_reading=_BUDGET),
    )


COLD = (
    Drill(
        name="cold-restore",
        needs=(needs.the_demonstration,),
        must_fire=False,
        proves="A restored volume that is slow at first is asked again; it is restored once, to the second before.",
        scenario=Scenario(
            prepare=cool_restores,
            inject=damage.migrate_badly,
            during=damage.say_data_is_wrong,
            recover=damage.book_on,
            collect=damage.collect,
            in_active=True,
        ),
        expectations=expect.every(
            expect.ended("recovered"),
            expect.said("ChooseRecoveryPoint", "one transaction wrote .* rows of "),
            expect.said("JudgeRestored", r"has not answered everything yet: .*SQLSTATE 57014.*asking it again"),
            expect.said("JudgeRestored", "passes every integrity query"),
            expect.carried_out("RestoreDBInstanceToPointInTime", 1),
            expect.back_before_the_damage(within_seconds=1),
            expect.bookings_resumed(),
            expect.traffic_stayed(),
            expect.afterwards_well(),
            expect.said("KeepDamaged", "is kept as .*-damaged-"),
            expect.said("ReplicateAgain", "streams from .*: protected again"),
        ),
        rehearsed=short_time_outs,
    ),
)
"""In the order in which they are run."""
