"""Expectations of drills; each returns a sentence for what it found wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from drills.report.words import duration
from drills.results.measure import Measured
from drills.results.record import FIRED, Recorded
from drills.results.restored import moment as restored_to
from lyo_dr.model.plan import Objectives

Expectation = Callable[[Recorded, Measured, Objectives], list[str]]


def every(*expectations: Expectation) -> Expectation:
    """Combine expectations; returns the failures of all."""

    def check(recorded: Recorded, measured: Measured, objectives: Objectives) -> list[str]:
        return [failure for each in expectations for failure in each(recorded, measured, objectives)]

    return check


def asking(holds: Callable[[Recorded], bool], miss: Callable[[Recorded], str]) -> Expectation:
    """An expectation of the record alone, with the sentence for its failure."""

    def check(recorded: Recorded, _measured: Measured, _objectives: Objectives) -> list[str]:
        return [] if holds(recorded) else [miss(recorded)]

    return check


def ended(how: str) -> Expectation:
    """The incident has this ending."""
    return asking(
        lambda recorded: recorded.ending == how,
        lambda recorded: f"the incident ended {recorded.ending or 'in nothing'} instead of {how}",
    )


def ended_in(*hows: str) -> Expectation:
    """The incident has one of these endings; empty stands for no incident at all."""
    words = " or ".join(how or "nothing" for how in hows)
    return asking(
        lambda recorded: recorded.ending in hows,
        lambda recorded: f"the incident ended {recorded.ending or 'in nothing'} instead of {words}",
    )


def opened(times: int) -> Expectation:
    """So many incidents were opened, however many signals came."""
    return asking(
        lambda recorded: recorded.opened == times,
        lambda recorded: f"{recorded.opened} incidents were opened instead of {times}",
    )


def noted(name: str, value: object) -> Expectation:
    """A figure of the drill has this value."""
    return asking(
        lambda recorded: recorded.notes.get(name) == value,
        lambda recorded: f"{name}: {recorded.notes.get(name)!r} instead of {value!r}",
    )


def untouched() -> Expectation:
    """Nothing was fenced, promoted or moved, and no booking is missing: what must not fire did not."""
    return every(
        silent(*sorted(FIRED)),
        called("PromoteReadReplica", 0),
        replica_stayed(),
        traffic_stayed(),
        nothing_lost(),
    )


def users_noticed_nothing() -> Expectation:
    """Every attempt of the client succeeded."""

    def check(_recorded: Recorded, measured: Measured, _objectives: Objectives) -> list[str]:
        return ["bookings failed, though users should notice nothing"] if measured.outage_seconds != 0.0 else []

    return check


def prediction_within(seconds: float) -> Expectation:
    """The loss that was measured is the one that was predicted, to so many seconds: one heartbeat and one sample."""

    def check(_recorded: Recorded, measured: Measured, _objectives: Objectives) -> list[str]:
        predicted, found = measured.loss.predicted_at_most_seconds, measured.loss.measured_seconds
        if predicted is not None and 0 <= predicted - found <= seconds:
            return []
        apart = f"more than {duration(seconds)} apart"
        return [f"the loss was predicted as {duration(predicted)} and measured as {duration(found)}, {apart}"]

    return check


def more_lost_than(seconds: float) -> Expectation:
    """The drill lost what it set out to lose: else it would prove nothing."""

    def check(_recorded: Recorded, measured: Measured, _objectives: Objectives) -> list[str]:
        found = measured.loss.measured_seconds
        if found > seconds:
            return []
        return [f"only {duration(found)} of work were lost, more than {duration(seconds)} should be"]

    return check


def said(step: str, pattern: str) -> Expectation:
    """A timeline line of the step matches the pattern (a regular expression)."""
    return asking(
        lambda recorded: any(line.step == step and re.search(pattern, line.sentence) for line in recorded.timeline),
        lambda _: f"{step} did not say {pattern!r}",
    )


def silent(*steps: str) -> Expectation:
    """None of these steps wrote to the timeline."""
    return asking(
        lambda recorded: not {line.step for line in recorded.timeline} & set(steps),
        lambda recorded: f"{', '.join(sorted({line.step for line in recorded.timeline} & set(steps)))} ran",
    )


def carried_out(operation: str, times: int) -> Expectation:
    """An operation was answered with success so many times since the fault, by any caller."""

    def count(recorded: Recorded) -> int:
        return sum(200 <= call["status"] < 300 for call in _since_fault(recorded, operation))

    return asking(
        lambda recorded: count(recorded) == times,
        lambda recorded: f"{operation} was carried out {count(recorded)} times instead of {times}",
    )


def called(operation: str, times: int) -> Expectation:
    """An operation was called so many times since the fault, answered or not."""

    def count(recorded: Recorded) -> int:
        return len(_since_fault(recorded, operation))

    return asking(
        lambda recorded: count(recorded) == times,
        lambda recorded: f"{operation} was called {count(recorded)} times instead of {times}",
    )


def never_called_by(app: str) -> Expectation:
    """This function made no call after the fault."""
    return asking(
        lambda recorded: not any(call["app"] == app and call["time"] >= recorded.fault_at for call in recorded.calls),
        lambda _: f"{app} worked, though it should not have been asked",
    )


def hit_by(fault: str, at_least: int) -> Expectation:
    """So many calls of the product met the fault: else the drill would prove nothing."""

    def count(recorded: Recorded) -> int:
        return sum(call["fault"] == fault for call in recorded.calls)

    return asking(
        lambda recorded: count(recorded) >= at_least,
        lambda recorded: f"only {count(recorded)} calls met the fault {fault}, at least {at_least} should",
    )


def traffic_stayed() -> Expectation:
    """The name did not move."""
    return asking(lambda recorded: recorded.seen.name_moved is None, lambda _: "the traffic moved")


def replica_stayed() -> Expectation:
    """No database of the recovery region left recovery."""
    return asking(
        lambda recorded: not any(_writable(recorded).values()),
        lambda recorded: f"{', '.join(name for name, open_ in _writable(recorded).items() if open_)} was promoted",
    )


def all_promoted() -> Expectation:
    """Every database of the plan takes writes in the recovery region."""
    return asking(
        lambda recorded: all(_writable(recorded).values()),
        lambda recorded: f"{', '.join(name for name, open_ in _writable(recorded).items() if not open_)} is read-only",
    )


def all_services_run() -> Expectation:
    """Every service of the plan has its tasks in the recovery region."""

    def short(recorded: Recorded) -> list[str]:
        running = {
            service["service"]: service["running"]
            for service in recorded.state["services"]
            if service["region"] == recorded.recovery_region
        }
        region = recorded.recovery_region
        return [s.name for s in recorded.plan.services if running.get(s.places[region].service, 0) < s.desired]

    return asking(
        lambda recorded: not short(recorded), lambda recorded: f"too few tasks of {', '.join(short(recorded))} run"
    )


def bookings_resumed() -> Expectation:
    """The client noticed an outage, and got an answer again."""

    def check(_recorded: Recorded, measured: Measured, _objectives: Objectives) -> list[str]:
        if measured.outage_seconds is None:
            return ["the client never got an answer again"]
        return [] if measured.outage_seconds > 0 else ["the client noticed nothing, so nothing was broken"]

    return check


def no_bookings_resumed() -> Expectation:
    """No booking was accepted after the fault."""

    def check(_recorded: Recorded, measured: Measured, _objectives: Objectives) -> list[str]:
        return [] if measured.outage_seconds is None else ["bookings were taken, though nothing had recovered"]

    return check


def few_lost(share: float) -> Expectation:
    """No more than this share of the acknowledged bookings is missing: what was under way when regions were lost."""

    def check(_recorded: Recorded, measured: Measured, _objectives: Objectives) -> list[str]:
        loss = measured.loss
        most = share * loss.acknowledged
        if loss.acknowledged and loss.lost <= most and not loss.duplicated:
            return []
        return [f"{loss.lost} of {loss.acknowledged} bookings are lost, {loss.duplicated} doubled; {most:.0f} may be"]

    return check


def nothing_lost() -> Expectation:
    """Every acknowledged booking is in the database."""

    def check(_recorded: Recorded, measured: Measured, _objectives: Objectives) -> list[str]:
        loss = measured.loss
        if not loss.acknowledged:
            return ["the client made no booking, so nothing was measured"]
        return [f"{loss.lost} acknowledged bookings are not in the database"] if loss.lost else []

    return check


def back_before_the_damage(within_seconds: float) -> Expectation:
    """The moment is before the damage and near it; all bookings before it are there, and no damaged row."""

    def check(recorded: Recorded, _measured: Measured, _objectives: Objectives) -> list[str]:
        moment = restored_to(recorded)
        if moment is None:
            return ["no moment was chosen"]
        misses = [] if 0 < recorded.fault_at - moment <= within_seconds + 1 else [_off(recorded.fault_at - moment)]
        kept = {name for name, _ in recorded.rows}
        early = [a for a in recorded.attempts if a.ok and a.t_end < moment]
        lost = [a for a in early if a.id not in kept]
        misses += [] if early else ["nobody had booked before the moment"]
        misses += [f"{len(lost)} of {len(early)} bookings from before the moment are missing"] if lost else []
        damaged = recorded.found.get("damaged rows")
        return [*misses, *([] if damaged == "0" else [f"{damaged or 'nobody knows how many'} rows are damaged still"])]

    return check


def collected(name: str, pattern: str) -> Expectation:
    """A finding of the scenario matches the pattern (a regular expression)."""
    return asking(
        lambda recorded: bool(re.search(pattern, recorded.found.get(name, ""))),
        lambda recorded: f"{name} is {recorded.found.get(name)!r}, which does not hold {pattern!r}",
    )


def afterwards_well() -> Expectation:
    """The executions that outlive the incident succeeded, and there were some."""
    return asking(
        lambda recorded: bool(recorded.after) and set(recorded.after.values()) == {"SUCCEEDED"},
        lambda recorded: f"afterwards: {recorded.after or 'nothing ran'}",
    )


def _off(seconds: float) -> str:
    return f"the moment is {duration(seconds)} before the damage"


def stopped_before_traffic() -> Expectation:
    """The incident failed, notified responders, and moved no traffic."""
    return every(
        ended("failed"),
        silent("TakeAuthority", "ThrowLatch", "ChangeRecord"),
        traffic_stayed(),
        no_bookings_resumed(),
        said("AnnounceFailure", "ACTION NEEDED"),
        said("SettleLease", "kept on purpose"),
    )


def _since_fault(recorded: Recorded, operation: str) -> list[dict[str, Any]]:
    return [call for call in recorded.calls if call["op"] == operation and call["time"] >= recorded.fault_at]


def _writable(recorded: Recorded) -> dict[str, bool]:
    here = recorded.recovery_region
    wanted = {database.instances[here] for database in recorded.plan.replicated()}
    return {
        each["identifier"]: each["in_recovery"] is False
        for each in recorded.state["databases"]
        if each["region"] == here and each["identifier"] in wanted
    }
