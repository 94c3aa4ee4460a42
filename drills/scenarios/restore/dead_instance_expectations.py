"""What the drills of a dead instance expect, beside what all drills can be asked."""

from __future__ import annotations

import re
from datetime import datetime

from drills.report.words import duration
from drills.results.expect import Expectation
from drills.results.measure import Measured
from drills.results.record import Recorded
from drills.results.stated_durations import stated
from lyo_dr.model.plan import Objectives


def rds_had_its_turn() -> Expectation:
    """The silence that was watched is as long as a failover between zones may take."""

    def check(recorded: Recorded, _measured: Measured, _objectives: Objectives) -> list[str]:
        lines = [line for line in recorded.timeline if line.step == "TriageDatabase"]
        decided = stated(recorded, "TriageDatabase", "has lost its instance: unresponsive for")
        if not decided:
            return ["nobody decided that the instance is dead"]
        turn = recorded.plan.policy.agreement.total_seconds()
        return [] if len(lines) > 1 and decided[0] >= turn else [f"only {decided[0]:g} of {turn:g} s were left to RDS"]

    return check


def lost_no_more_than_stated() -> Expectation:
    """The loss said beforehand covers the one that was measured, and bookings the backup holds are all there."""

    def check(recorded: Recorded, measured: Measured, _objectives: Objectives) -> list[str]:
        predicted, found = measured.loss.predicted_at_most_seconds, measured.loss.measured_seconds
        covered = predicted is not None and found <= predicted
        misses = [] if covered else [f"{duration(found)} lost, {duration(predicted)} stated"]
        ends = _backup_ends(recorded)
        if ends is None:
            return [*misses, "nobody said where the backup ends"]
        kept = {name for name, _ in recorded.rows}
        early = [attempt for attempt in recorded.attempts if attempt.ok and attempt.t_end < ends]
        lost = [attempt for attempt in early if attempt.id not in kept]
        misses += [] if early else ["nobody had booked before the end of the backup"]
        return [*misses, *([f"{len(lost)} of {len(early)} bookings the backup holds are missing"] if lost else [])]

    return check


def _backup_ends(recorded: Recorded) -> float | None:
    matches = [re.search(r"the backup ends at (\S+ \S+) UTC", line.sentence) for line in recorded.timeline]
    found = [match.group(1) for match in matches if match]
    return datetime.fromisoformat(f"{found[0]}+00:00").timestamp() if found else None
