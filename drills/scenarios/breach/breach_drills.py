"""Drills of a breach: an intruder with a leaked login, and findings that call for nothing."""

from __future__ import annotations

from drills.engine.scenario import PATIENT, Scenario
from drills.results import expect
from drills.scenarios import needs
from drills.scenarios.breach import breach, breach_expectations, findings, isolation
from drills.scenarios.spec import Drill
from drills.world import plan_variants

BROKEN_INTO = Scenario(
    prepare=breach.prepare,
    inject=breach.break_in,
    at={"AskConsent": breach.consent},
    recover=breach.follow_rotation,
    collect=findings.collect_rotated,
    in_active=True,
    deadline=PATIENT,
)
"""An intruder has access while bookings go on, and a responder consents to containment."""

UNATTENDED = Scenario(
    prepare=breach.prepare,
    inject=breach.break_in,
    recover=breach.follow_rotation,
    collect=findings.collect_rotated,
    in_active=True,
    deadline=PATIENT,
)
"""The same unattended: the plan answers a severe finding at once."""

BREACH = (
    Drill(
        name="breach",
        needs=(needs.a_breach_section, needs.the_demonstration),
        proves="Somebody reads the database with the app's own login: thrown out for good, and no booking fails.",
        scenario=BROKEN_INTO,
        must_fire=False,
        expectations=breach_expectations.thrown_out(),
    ),
    Drill(
        name="breach-unattended",
        needs=(needs.a_breach_section, needs.the_demonstration),
        proves="Where the plan answers breaches automatically, the same is over with nobody asked.",
        scenario=UNATTENDED,
        must_fire=False,
        expectations=breach_expectations.thrown_out_unasked(),
        rehearsed=plan_variants.answering_breaches,
    ),
    Drill(
        name="breach-isolated",
        needs=(needs.a_breach_section, needs.the_demonstration),
        proves="A security group the plan isolates loses all its rules, and a person's word puts the same ones back.",
        scenario=Scenario(
            prepare=isolation.prepare,
            inject=breach.break_in,
            recover=isolation.lift,
            collect=isolation.collect,
            in_active=True,
            deadline=PATIENT,
        ),
        must_fire=False,
        expectations=breach_expectations.isolated(),
        rehearsed=isolation.isolating,
    ),
    Drill(
        name="false-finding",
        needs=(needs.a_breach_section, needs.the_demonstration),
        proves="A finding of low severity is preserved and told, and nothing is blocked, rotated or asked.",
        scenario=Scenario(prepare=breach.prepare, inject=breach.find_little, collect=findings.collect, in_active=True),
        must_fire=False,
        expectations=breach_expectations.told_and_left_alone(),
    ),
    Drill(
        name="web-acl-alarm",
        needs=(needs.a_breach_section, needs.the_demonstration),
        proves="An alarm of the web ACL opens a breach: preserved and told, and nothing is blocked, rotated or asked.",
        scenario=Scenario(prepare=breach.prepare_alarm, inject=breach.knock, collect=findings.collect, in_active=True),
        must_fire=False,
        expectations=expect.every(
            breach_expectations.told_and_left_alone(),
            expect.said("OpenIncident", "opened by waf: possible breach"),
        ),
    ),
)
"""In the order in which they are run."""
