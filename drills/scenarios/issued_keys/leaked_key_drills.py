"""The drill of a key that only its issuer can change."""

from __future__ import annotations

from drills.engine.scenario import PATIENT, Scenario
from drills.results import expect
from drills.scenarios import needs
from drills.scenarios.issued_keys.leaked_key import Story
from drills.scenarios.rotation import rotation_expectations
from drills.scenarios.spec import Drill

_STORY = Story()

LEAKED_KEY = (
    Drill(
        name="leaked-key-only",
        needs=(needs.an_issued_key, needs.the_demonstration),
        proves="A leaked key of an outside issuer is replaced by the one a person brings, and nothing else is rotated.",
        scenario=Scenario(
            prepare=_STORY.prepare,
            inject=_STORY.inject,
            recover=_STORY.recover,
            collect=_STORY.collect,
            primary_lives=True,
            deadline=PATIENT,
        ),
        must_fire=False,
        expectations=expect.every(
            expect.ended("outstanding"),
            expect.noted("tasks began with the leaked key", True),
            expect.said("AskForKey", "outstanding on rotation-operator-"),
            expect.noted("outstanding while nothing is handed over", True),
            expect.said("TestKey", "refuses the new key"),
            expect.noted("ending with a mistyped key", "outstanding"),
            expect.noted("a refused key changes nothing", True),
            expect.noted("outstanding while the issuer refuses it", True),
            expect.said("TestKey", "accepts the new key$"),
            expect.said("ProveKey", "still valid at the issuer: revoke it there"),
            expect.noted("tasks hold before the former is revoked", ["new"]),
            expect.said("ProveKey", "refuses the former key$"),
            expect.noted("ending with the new key", "rotated"),
            expect.noted("outstanding in the end", False),
            expect.noted("one value changed in both copies, every other byte stayed", True),
            expect.noted("nothing is left handed over", True),
            expect.noted("the issuer accepts", ["new"]),
            expect.noted("leaks", []),
            expect.asking(
                lambda recorded: all(recorded.notes.get("searched", {"": 0}).values()),
                lambda recorded: f"nothing was searched for keys: {recorded.notes.get('searched')}",
            ),
            expect.silent("CreateSecret", "SetSecret", "FinishSecret", "RetireLogin", "ProveRetired"),
            rotation_expectations.nobody_failed(),
            expect.nothing_lost(),
            expect.traffic_stayed(),
        ),
    ),
)
"""In the order in which they are run."""
