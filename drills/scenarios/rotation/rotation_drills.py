"""Drills of the rotation of secrets: under load, killed, stuck, and in the middle of a failover."""

from __future__ import annotations

from drills.engine.scenario import PATIENT, Scenario
from drills.results import expect, targets
from drills.scenarios import needs
from drills.scenarios.rotation import cache, findings, rotation, rotation_expectations
from drills.scenarios.spec import Drill
from drills.world import plan_variants

ROTATION = (
    Drill(
        name="rotation",
        needs=(needs.a_login,),
        proves="The database login is rotated under load: no booking fails, and the old login is refused everywhere.",
        scenario=Scenario(inject=rotation.rotate, collect=findings.collect, primary_lives=True, deadline=PATIENT),
        must_fire=False,
        expectations=rotation_expectations.rotated_unnoticed(),
    ),
    Drill(
        name="rotation-interrupted",
        needs=(needs.a_login,),
        proves="A rotation that is killed between any two of its steps is taken up by the next one, to the same end.",
        scenario=Scenario(
            inject=rotation.rotate_interrupted, collect=findings.collect, primary_lives=True, deadline=PATIENT
        ),
        must_fire=False,
        expectations=rotation_expectations.rotated_unnoticed(),
        rehearsed=plan_variants.budgets(lease=10),
    ),
    Drill(
        name="stuck-pending",
        needs=(needs.the_demonstration,),
        proves="A pending version that an abandoned rotation left behind does not block the next one.",
        scenario=Scenario(
            prepare=rotation.stick_pending,
            inject=rotation.rotate,
            collect=findings.collect,
            primary_lives=True,
            deadline=PATIENT,
        ),
        must_fire=False,
        expectations=expect.every(
            rotation_expectations.rotated_unnoticed(),
            expect.said("CreateSecret", "an abandoned version is no longer pending in eu-west-1 and us-west-2"),
        ),
    ),
    Drill(
        name="redis-rotation",
        needs=(needs.the_demonstration,),
        proves="The tokens of both Redis caches are rotated under load: no booking fails, and the old ones are dead.",
        scenario=Scenario(
            prepare=cache.hold_connections,
            inject=rotation.rotate,
            primary_lives=True,
            collect=cache.collect,
            deadline=PATIENT,
        ),
        must_fire=False,
        customer=plan_variants.with_cache,
        expectations=expect.every(
            rotation_expectations.rotated_unnoticed(),
            expect.collected("changed", "^2$"),
            expect.collected("new tokens", "^accepted$"),
            expect.collected("old tokens", "^refused$"),
            expect.collected("held connections", "^ended$"),
            expect.collected("the app", "^up$"),
            expect.collected("kept bookings", "^some$"),
            expect.said("RetireToken", "the new token is accepted, the old one is refused; connections ended: [1-9]"),
        ),
    ),
    Drill(
        name="redis-refuses",
        needs=(needs.the_demonstration,),
        proves="A cache that takes no new token keeps no login from being rotated, and people are told what is left.",
        scenario=Scenario(
            prepare=cache.hold_connections,
            inject=cache.rotate_refused,
            primary_lives=True,
            collect=cache.collect,
            deadline=PATIENT,
        ),
        must_fire=False,
        customer=plan_variants.with_cache,
        expectations=expect.every(
            expect.ended("failed"),
            rotation_expectations.new_login_only(),
            rotation_expectations.nobody_failed(),
            expect.nothing_lost(),
            expect.collected("changed", "^1$"),
            expect.collected("new tokens", "^accepted$"),
            expect.collected("old tokens", "^accepted$"),
            expect.collected("held connections", "^PONG$"),
            expect.collected("the app", "^up$"),
            expect.said(
                "AnnounceRotationFailure", "us-west-2: AccessDenied.*everything except cache tokens was rotated"
            ),
        ),
    ),
    Drill(
        name="rotation-during-failover",
        needs=(needs.a_login,),
        proves="A rotation asked for in the middle of a failover waits for it, and then runs where the app now lives.",
        scenario=Scenario(
            inject=rotation.lose_primary_before_rotating,
            during=rotation.rotate_during_failover,
            recover=rotation.follow_rotation,
            collect=findings.collect,
        ),
        expectations=expect.every(
            targets.failures,
            expect.said("OpenRotation", "^Postponed: .* is in progress"),
            expect.said("CloseRotation", "^Rotated: .* in us-west-2,"),
            rotation_expectations.new_login_only(),
        ),
    ),
)
"""In the order in which they are run."""
