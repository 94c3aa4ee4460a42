"""Drills of a region that comes back, of the loss of the region that recovered, and of a failover that goes on."""

from __future__ import annotations

from drills.engine.scenario import Scenario
from drills.results import expect, targets
from drills.scenarios import faults
from drills.scenarios.region_loss import resumed, second_failover
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
    Drill(
        name="resume-failed",
        proves="A failover that fails after the promotion is taken up again by a person, and promotes nothing twice.",
        scenario=Scenario(inject=resumed.lose_primary_and_the_right_to_scale, recover=resumed.take_up_again),
        expectations=expect.every(
            targets.failures,
            expect.noted("first ending", "failed"),
            expect.said("RecordFailure", "^Stopped after a promotion, before traffic moved: PlacesNotRecovered"),
            expect.said("AnnounceFailure", "ACTION NEEDED"),
            expect.said("SettleLease", "kept on purpose"),
            expect.noted("resumed", 0),
            expect.noted("resumed by a second person", 0),
            expect.noted("executions", 2),
            expect.noted("resumed after it recovered", 2),
            expect.said("OpenIncident", r"\(for ada\) takes this incident up again: ECS answers again$"),
            expect.said("Triage", "was promoted by this incident, so there is no way back"),
            expect.carried_out("PromoteReadReplica", 1),
            expect.opened(1),
            expect.hit_by("refuse", at_least=1),
        ),
    ),
)
"""In the order in which they are run."""
