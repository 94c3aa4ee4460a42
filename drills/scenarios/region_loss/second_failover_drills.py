"""Drills of a region that comes back, and of the loss of the region that recovered."""

from __future__ import annotations

from drills.engine.scenario import Scenario
from drills.results import expect, targets
from drills.scenarios import faults
from drills.scenarios.region_loss import second_failover
from drills.scenarios.spec import Drill

SECOND_FAILOVER = (
    Drill(
        name="second-disaster",
        both_ways=True,
        proves="After a failover the loss of the other region leads traffic home by a new, consented failover only.",
        scenario=Scenario(inject=faults.lose_primary, recover=second_failover.inject_again, primary_lives=True),
        expectations=expect.every(
            expect.ended("recovered"),
            expect.noted("declared", 0),
            expect.noted("moved by itself", False),
            expect.noted("second ending", "recovered"),
            expect.noted("leads home", True),
            expect.few_lost(0.01),
        ),
    ),
    Drill(
        name="returns-too-late",
        proves="A region that comes back after the promotion changes nothing: the recovery goes on.",
        scenario=Scenario(inject=faults.lose_primary, at={"AcceptProof": faults.bring_back}),
        expectations=targets.failures,
    ),
)
"""In the order in which they are run."""
