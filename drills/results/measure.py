"""From what was recorded to what a person wants to know. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from drills.client.attempt_log import Outage, acknowledged, compare, latency, outage_after, without_service
from drills.durations.scaled import scaled_rto
from drills.results.calls import CallFigures, figures
from drills.results.critical_path import critical_path
from drills.results.kinds import Kind, kind_of
from drills.results.parts import Part, outage_parts
from drills.results.record import Recorded, TimelineLine


@dataclass(frozen=True)
class Loss:
    """Acknowledged bookings against the promoted database, row by row."""

    acknowledged: int
    lost: int
    duplicated: int
    unacknowledged: int
    predicted_at_most_seconds: float | None
    measured_seconds: float


@dataclass(frozen=True)
class Stretch:
    """A stretch of time in which attempts failed, in seconds after the fault; ``ended`` is None without an end."""

    began: float
    ended: float | None
    failed: int


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Figures of one drill. ``outage_seconds`` is None when the client never got an answer again."""

    kind: Kind
    outage_seconds: float | None
    outage: Stretch | None
    """The outage those seconds are of; None when the client noticed nothing."""
    failing: tuple[Stretch, ...]
    """Every stretch in which attempts failed, before and after the fault."""
    parts: tuple[Part, ...]
    critical_path: tuple[Part, ...]
    ratio: float | None
    scaled_rto_seconds: float | None
    """How long the outage may last in the drill's own scale; None where the product ends no outage."""
    loss: Loss
    calls: CallFigures
    latency_p50_ms: float | None
    latency_p99_ms: float | None


def measure(recorded: Recorded, path_steps: set[str]) -> Measured:
    """Everything that is computed from the record."""
    kind = kind_of(recorded)
    outage = _outage(recorded, kind)
    seconds = None if outage is None else outage.seconds
    ended = None if outage is None else outage.ended
    lost = kind == "failover" and bool(recorded.lost_region)
    critical = critical_path(recorded, ended) if lost and recorded.ending == "recovered" else []
    speed = latency(attempt for attempt in recorded.attempts if attempt.t_end < recorded.fault_at)
    return Measured(
        kind=kind,
        outage_seconds=0.0 if outage is None else seconds,
        outage=None if outage is None else _stretch(outage, recorded.fault_at),
        failing=tuple(_stretch(each, recorded.fault_at) for each in without_service(recorded.attempts)),
        parts=tuple(outage_parts(recorded, kind, outage)),
        critical_path=tuple(critical),
        ratio=seconds / sum(part.seconds for part in critical) if critical and seconds else None,
        scaled_rto_seconds=scaled_rto(kind, recorded.plan, recorded.clock, aws_timing=recorded.aws_timing),
        loss=_loss(recorded),
        calls=figures(
            recorded.calls, path_steps, recorded.lost_region, recorded.fault_at, _end_of_path(recorded, kind, ended)
        ),
        latency_p50_ms=None if speed is None else speed.p50 * 1000,
        latency_p99_ms=None if speed is None else speed.p99 * 1000,
    )


def _outage(recorded: Recorded, kind: Kind) -> Outage | None:
    """The outage of the fault: the first one after it, or in a restore the longest, which is the product's own stop."""
    if kind != "restore":
        return outage_after(recorded.attempts, recorded.fault_at)
    over = max((attempt.t_end for attempt in recorded.attempts), default=recorded.fault_at)
    later = [
        each for each in without_service(recorded.attempts) if each.ended is None or each.ended > recorded.fault_at
    ]
    return max(later, key=lambda each: (each.ended or over) - each.started, default=None)


def _stretch(outage: Outage, fault_at: float) -> Stretch:
    ended = None if outage.ended is None else outage.ended - fault_at
    return Stretch(outage.started - fault_at, ended, outage.failures)


def _loss(recorded: Recorded) -> Loss:
    promised = acknowledged(recorded.attempts)
    found = compare(promised, recorded.rows, {attempt.id for attempt in recorded.attempts})
    return Loss(
        acknowledged=found.acknowledged,
        lost=len(found.lost),
        duplicated=len(found.duplicated),
        unacknowledged=len(found.unacknowledged),
        predicted_at_most_seconds=recorded.predicted_loss_seconds,
        measured_seconds=found.loss_window(recorded.fault_at),
    )


def _end_of_path(recorded: Recorded, kind: Kind, ended: float | None) -> float:
    """A failover's path ends with the outage; anything else is done when the last sentence is written."""
    return ended if kind == "failover" and ended is not None else _last(recorded.timeline)


def _last(timeline: tuple[TimelineLine, ...]) -> float:
    return max((line.at for line in timeline), default=0.0)
