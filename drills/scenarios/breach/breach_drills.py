"""Drills of a breach: somebody is inside, and a finding that is hardly one."""

from __future__ import annotations

from drills.engine.context import DrillContext
from drills.engine.scenario import Scenario
from drills.results import expect
from drills.scenarios.breach import breach, breach_expectations
from drills.scenarios.spec import Drill
from drills.world import plan_variants


def _prepare_only(scene: DrillContext) -> None:
    """Nothing is rotated, so nothing is held against what was there before."""
    breach.prepare(scene)
    scene.before = None


BROKEN_INTO = Scenario(
    prepare=breach.prepare,
    strike=breach.break_in,
    at={"AskConsent": breach.consent},
    repair=breach.follow_rotation,
    look=breach.look,
    in_active=True,
)
"""Somebody is inside while bookings go on, and a person consents to what has to be done."""

UNATTENDED = Scenario(
    prepare=breach.prepare,
    strike=breach.break_in,
    repair=breach.follow_rotation,
    look=breach.look,
    in_active=True,
)
"""The same at night: the plan says that a grave finding is answered at once."""

BREACH = (
    Drill(
        name="breach",
        proves="Somebody reads the database with the app's own login: thrown out for good, and no booking fails.",
        scenario=BROKEN_INTO,
        must_fire=False,
        judge=breach_expectations.thrown_out(),
    ),
    Drill(
        name="breach-unattended",
        proves="Where the plan answers breaches automatically, the same is over with nobody asked.",
        scenario=UNATTENDED,
        must_fire=False,
        judge=breach_expectations.thrown_out_unasked(),
        rehearsed=plan_variants.answering_breaches,
    ),
    Drill(
        name="false-finding",
        proves="A finding of low severity is preserved and told, and nothing is blocked, rotated or asked.",
        scenario=Scenario(prepare=_prepare_only, strike=breach.find_little, look=breach.look, in_active=True),
        must_fire=False,
        judge=breach_expectations.told_and_left_alone(),
    ),
    Drill(
        name="web-acl-alarm",
        proves="An alarm of the web ACL opens a breach: preserved and told, and nothing is blocked, rotated or asked.",
        scenario=Scenario(prepare=breach.prepare_alarm, strike=breach.knock, look=breach.look, in_active=True),
        must_fire=False,
        judge=expect.every(
            breach_expectations.told_and_left_alone(),
            expect.said("OpenIncident", "opened by waf: possible breach"),
        ),
    ),
)
"""In the order in which they are run."""
