"""What is expected of a rotation."""

from __future__ import annotations

from collections.abc import Callable

from drills.client.attempt import Attempt
from drills.report.words import duration
from drills.results.expect import Expectation, asking, ended, every, nothing_lost, said, traffic_stayed
from drills.results.measure import Measured
from drills.results.record import Recorded
from drills.scenarios.rotation.findings import FINDING, Rotated
from lyo_dr.model.plan import Objectives

_NAMED = 5
"""So many failed bookings are described."""


def rotated_unnoticed() -> Expectation:
    """The rotation ended well, and no booking failed for it."""
    return every(ended("rotated"), new_login_only(), nobody_failed(), nothing_lost(), traffic_stayed())


def new_login_only() -> Expectation:
    """The new login works in every copy, no former one does, and no password lies about."""
    return every(
        _found(lambda it: all(it.accepted.values()) and bool(it.users), "a login in a secret is not accepted"),
        _found(lambda it: len(set(it.users.values())) == 1, "the copies name different users"),
        _found(lambda it: not it.old_accepted, "a former login still works"),
        _found(lambda it: it.old_sessions == 0, "sessions of the old user are still open"),
        _found(lambda it: it.others_kept, "something else in a secret changed"),
        _found(lambda it: not it.pending, "a version is still pending"),
        _found(lambda it: it.logins_seen > 1, "there was one login only, so nothing was proven"),
        _found(lambda it: not it.leaks, "bytes of a password were found outside Secrets Manager"),
        said("RetireLogin", "has a random password that is not stored"),
        said("ProveRetired", "is refused$"),
    )


def nobody_failed() -> Expectation:
    """No booking failed from the moment the rotation was asked for."""

    def check(recorded: Recorded, _measured: Measured, _objectives: Objectives) -> list[str]:
        failed = [attempt for attempt in recorded.attempts if attempt.t_end >= recorded.fault_at and not attempt.ok]
        how = [_described(attempt, recorded.fault_at) for attempt in failed[:_NAMED]]
        return [f"{len(failed)} bookings failed: {', '.join(how)}"] if failed else []

    return check


def _described(attempt: Attempt, since: float) -> str:
    return f"{attempt.status or attempt.error} after {duration(attempt.seconds)} at +{duration(attempt.t_end - since)}"


def _found(holds: Callable[[Rotated], bool], miss: str) -> Expectation:
    return asking(
        lambda recorded: FINDING in recorded.found and holds(recorded.found[FINDING]),
        lambda recorded: f"{miss}: {recorded.found.get(FINDING)}",
    )
