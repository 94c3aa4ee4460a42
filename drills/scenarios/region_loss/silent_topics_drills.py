"""The drill of a region lost while nobody can be told."""

from __future__ import annotations

from drills.engine.scenario import Scenario
from drills.results import expect, targets
from drills.results.expect import Expectation, asking
from drills.scenarios import needs
from drills.scenarios.region_loss import silent_topics
from drills.scenarios.spec import Drill

_MOST_SECONDS = 8.0
"""One state follows the closing; a step that called a silent topic held it open for 45 s."""


def _ended_without_waiting() -> Expectation:
    def seconds(found: object) -> float:
        return found if isinstance(found, float) else float("inf")

    name = "seconds from closing to the end"
    return asking(
        lambda recorded: seconds(recorded.notes.get(name)) <= _MOST_SECONDS,
        lambda recorded: f"the incident ended {recorded.notes.get(name)} s after it was closed",
    )


SILENT_TOPICS = (
    Drill(
        name="silent-topics",
        needs=(needs.the_demonstration,),
        proves="With SNS silent from the loss to the end, the region is recovered without waiting; every message "
        "arrives later, once and in order.",
        scenario=Scenario(
            prepare=silent_topics.listen,
            inject=silent_topics.lose_primary_and_topics,
            recover=silent_topics.let_topics_answer,
            collect=silent_topics.collect,
        ),
        expectations=expect.every(
            targets.failures,
            expect.hit_by("blackhole", at_least=4),
            expect.noted("waiting when it ended", 4),
            expect.noted("sent when it ended", 0),
            _ended_without_waiting(),
            expect.noted("responders got", ["Recovering from the loss of eu-west-1", "Incident recovered: eu-west-1"]),
            # The disruption is over when it can be told: one message states both.
            expect.noted("stakeholders got", ["Service disruption is over - api.lyo-booking.com"]),
            expect.collected("last text to stakeholders", "states its beginning and its end"),
            expect.said("AnnounceIncident", "^Could not notify responders: .*; it is tried again$"),
            expect.said("AnnounceIncident", "^Notified responders .* late: Recovering from"),
            expect.said("AnnounceOutcome", "^Notified stakeholders .* late: Service disruption is over"),
        ),
    ),
)
"""In the order in which they are run."""
