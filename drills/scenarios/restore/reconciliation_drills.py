"""Drills of damaged data in which good work comes after the damage, and is given back."""

from __future__ import annotations

from drills.engine.scenario import Scenario
from drills.results import expect
from drills.results.expect import Expectation
from drills.scenarios import needs
from drills.scenarios.restore import damage, reconciliation, reconciliation_expectations
from drills.scenarios.spec import Drill
from drills.world import plan_variants

GIVEN_BACK: Expectation = expect.every(
    expect.ended("recovered"),
    expect.bookings_resumed(),
    expect.traffic_stayed(),
    expect.afterwards_well(),
    expect.said("RecordLedger", "rows? exists? only in the damaged database and (has|have) no conflict"),
    reconciliation_expectations.ledger_is_right(),
    reconciliation_expectations.overwritten_are_named(),
    reconciliation_expectations.given_back_once(),
)
"""What every drill of this kind expects, whatever the damage was."""

LEDGER = (
    Drill(
        name="runaway-delete",
        needs=(needs.the_demonstration,),
        must_fire=False,
        proves="Rows deleted among live bookings are back, the second is named, and later bookings are given back.",
        scenario=Scenario(
            inject=reconciliation.delete_too_much,
            during=damage.say_data_is_wrong,
            recover=reconciliation.give_back,
            collect=damage.collect,
            in_active=True,
        ),
        expectations=expect.every(
            GIVEN_BACK,
            expect.said("ChooseRecoveryPoint", "one transaction deleted .* rows of "),
            expect.back_before_the_damage(within_seconds=1),
            expect.nothing_lost(),
        ),
    ),
    Drill(
        name="read-only-restore",
        needs=(needs.the_demonstration,),
        must_fire=False,
        proves="Where the plan wants it, users read on while the database is restored, and nobody writes into it.",
        customer=plan_variants.restoring(stop="read_only"),
        scenario=Scenario(
            inject=damage.migrate_badly,
            during=damage.say_data_is_wrong,
            at={"PreserveEvidence": reconciliation.ask_the_app},
            recover=reconciliation.give_back,
            collect=damage.collect,
            in_active=True,
        ),
        expectations=expect.every(
            GIVEN_BACK,
            expect.said("StopDamage", "^The services stay up read-only; bookings rejects their writes"),
            expect.noted("app while restoring", "read_only"),
            expect.noted("alive while restoring", 200),
            expect.said("PointSecrets", "; bookings accepts writes$"),
            expect.back_before_the_damage(within_seconds=1),
        ),
    ),
)
"""In the order in which they are run."""
