"""Drills in which a lost region is replaced from replicated backups, since its replica is no use."""

from __future__ import annotations

import re
from datetime import datetime

from drills.engine import operators
from drills.engine.scenario import Scenario
from drills.report.words import duration
from drills.results import expect
from drills.results.expect import Expectation
from drills.results.measure import Measured
from drills.results.record import Recorded
from drills.scenarios import needs
from drills.scenarios.region_loss import replicated_backups
from drills.scenarios.spec import Drill
from lyo_dr.model.plan import Objectives


def back_before_the_damage() -> Expectation:
    """The moment is before the damage, and nothing damaged is there."""

    def check(recorded: Recorded, _measured: Measured, _objectives: Objectives) -> list[str]:
        moment = _moment(recorded)
        early = moment is not None and moment < recorded.notes["damaged at"]
        damaged = recorded.found.get("damaged rows")
        misses = [] if early else ["the moment is not before the damage"]
        return [*misses, *([] if damaged == "0" else [f"{damaged} rows are damaged still"])]

    return check


def all_until_the_moment() -> Expectation:
    """Everything from before the moment is there, and the loss was stated."""

    def check(recorded: Recorded, measured: Measured, _objectives: Objectives) -> list[str]:
        moment = _moment(recorded)
        if moment is None:
            return ["nothing was restored from replicated backups"]
        kept = {name for name, _ in recorded.rows}
        early = [attempt for attempt in recorded.attempts if attempt.ok and attempt.t_end < moment]
        lost = [attempt for attempt in early if attempt.id not in kept]
        misses = [] if early else ["nobody had booked before the moment"]
        misses += [f"{len(lost)} of {len(early)} bookings from before the moment are missing"] if lost else []
        predicted, loss = measured.loss.predicted_at_most_seconds, measured.loss.measured_seconds
        stated = predicted is not None and loss <= predicted
        return [*misses, *([] if stated else [f"{duration(loss)} were lost, {duration(predicted)} stated"])]

    return check


def _moment(recorded: Recorded) -> float | None:
    """To which the data was restored (epoch seconds); None where nothing was."""
    matches = [re.search(r"replicated backups, to (.*, )?(\S+ \S+) UTC", line.sentence) for line in recorded.timeline]
    found = [match.group(2) for match in matches if match]
    return datetime.fromisoformat(f"{found[-1]}+00:00").timestamp() if found else None


_FROM_BACKUPS = (
    expect.said("AskConsent", "."),
    expect.called("PromoteReadReplica", 0),
    expect.said("AcceptProof", "accepted a write under epoch"),
    all_until_the_moment(),
    expect.bookings_resumed(),
    expect.afterwards_well(),
)
"""A person was asked, no replica was promoted, and users are served what the backups hold."""

REPLICATED = (
    Drill(
        name="corrupt-and-region-loss",
        needs=(needs.the_demonstration,),
        proves="Damage that reached the replica is not promoted: replicated backups bring back what was before it.",
        scenario=Scenario(
            prepare=replicated_backups.replicate_backups,
            inject=replicated_backups.damage_and_lose,
            at={"AskConsent": operators.approve},
            recover=replicated_backups.book_on,
            collect=replicated_backups.collect,
        ),
        expectations=expect.every(
            expect.ended("recovered"),
            expect.said("CheckGate", "the replica's data is wrong .* would be restored from backups"),
            back_before_the_damage(),
            *_FROM_BACKUPS,
        ),
    ),
    Drill(
        name="replica-gone",
        needs=(needs.the_demonstration,),
        proves="Where the replica is gone, a person is asked, and replicated backups bring back the latest there is.",
        scenario=Scenario(
            prepare=replicated_backups.replicate_backups,
            inject=replicated_backups.delete_replica_and_lose,
            at={"AskConsent": operators.approve},
            recover=replicated_backups.book_on,
            collect=replicated_backups.collect,
        ),
        expectations=expect.every(
            expect.ended("recovered"),
            expect.said("CheckGate", "would be restored from backups replicated to this region"),
            *_FROM_BACKUPS,
        ),
    ),
)
"""In the order in which they are run."""
