"""From what was recorded to what a person wants to know. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from drills.client.attempt_log import acknowledged, compare, latency, outage_after
from drills.results.calls import CallFigures, figures
from drills.results.record import Recorded, TimelineLine


@dataclass(frozen=True)
class Part:
    """A named stretch of time, in seconds."""

    name: str
    seconds: float


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
class Measured:
    """Figures of one drill. ``outage_seconds`` is None when the client never got an answer again."""

    outage_seconds: float | None
    parts: tuple[Part, ...]
    critical_path: tuple[Part, ...]
    ratio: float | None
    loss: Loss
    calls: CallFigures
    latency_p50_ms: float | None
    latency_p99_ms: float | None


def measure(recorded: Recorded, path_steps: set[str]) -> Measured:
    """Everything that is computed from the record."""
    outage = outage_after(recorded.attempts, recorded.fault_at)
    seconds = None if outage is None else outage.seconds
    ended = None if outage is None else outage.ended
    critical = critical_path(recorded, ended) if recorded.ending == "recovered" else []
    speed = latency(attempt for attempt in recorded.attempts if attempt.t_end < recorded.fault_at)
    return Measured(
        outage_seconds=0.0 if outage is None else seconds,
        parts=tuple(outage_parts(recorded, ended)),
        critical_path=tuple(critical),
        ratio=seconds / sum(part.seconds for part in critical) if critical and seconds else None,
        loss=_loss(recorded),
        calls=figures(
            recorded.calls, path_steps, recorded.lost_region, recorded.fault_at, ended or _last(recorded.timeline)
        ),
        latency_p50_ms=None if speed is None else speed.p50 * 1000,
        latency_p99_ms=None if speed is None else speed.p99 * 1000,
    )


_MILESTONES = (
    ("detection: checks, alarm, event", "OpenIncident", "first"),
    ("triage: observers asked until they agree", "Triage", "last"),
    ("gate: loss and replica", "CheckGate", "last"),
    ("facts read again", "ConfirmRegionLost", "last"),
    ("fence of the lost region", "FenceServices", "last"),
    ("promotion and capacity at once", "AcceptProof|CheckCapacity", "last"),
    ("validation at the standby", "CheckEndpoints", "standby"),
    ("authority and latch", "ThrowLatch|ChangeRecord", "last"),
)


def outage_parts(recorded: Recorded, ended: float | None) -> list[Part]:
    """The outage from the fault to the first answer, cut at the product's own milestones."""
    parts: list[Part] = []
    at = recorded.fault_at
    for name, steps, which in _MILESTONES:
        reached = _milestone(recorded.timeline, set(steps.split("|")), which)
        if reached is None:
            return parts
        parts.append(Part(_named(name, recorded), reached - at))
        at = reached
    if ended is not None:
        parts.append(Part("DNS: check, TTL, first answer", ended - at))
    return parts


def _named(part: str, recorded: Recorded) -> str:
    return part.replace("latch", "record") if recorded.plan.traffic.strategy == "record" else part


def _milestone(timeline: tuple[TimelineLine, ...], steps: set[str], which: str) -> float | None:
    lines = [line.at for line in timeline if line.step in steps]
    if not lines:
        return None
    if which == "last":
        return max(lines)
    if which == "first":
        return min(lines)
    direct = [line.at for line in timeline if line.step in steps and "directly at the standby" in line.sentence]
    return max(direct) if direct else None


def critical_path(recorded: Recorded, ended: float | None) -> list[Part]:
    """The longest chain of work that is not ours, as it was measured: no implementation could leave it out.

    A silent region is only known by waiting for it, for as long as the plan wants the observers to agree, and once
    more before the fence. What is missing to the outage is our own: starting functions, polling, talking to the table.
    """
    probe = recorded.plan.timing.probe_timeout.total_seconds()
    moved = recorded.seen.name_moved
    detected = max(0.0, recorded.signal_at - recorded.fault_at)
    parts = [
        Part("detection: checkers or watcher, and the alarm", detected),
        Part("the agreement of the observers", max(probe, recorded.plan.policy.agreement.total_seconds() - detected)),
        Part("a second look at a silent region", probe),
        Part("one silent call of the fence", fence_seconds(recorded)),
        Part("promotion or capacity, whichever took longer", _side_by_side(recorded)),
    ]
    if moved is not None:
        how = "the latch: metric, health check, DNS answer"
        if recorded.plan.traffic.strategy == "record":
            how = "the record: change, DNS answer"
        parts.append(Part(how, max(0.0, moved - _thrown(recorded, moved))))
        if ended is not None:
            parts.append(Part("the client's cached answer", max(0.0, ended - moved)))
    return parts


def fence_seconds(recorded: Recorded) -> float:
    """How long calls of the fence waited for the lost region."""
    calls = [c for c in recorded.calls if c["app"] == "FenceServices" and c["region"] == recorded.lost_region]
    return sum((call.get("ms") or 0.0) for call in calls) / 1000


def _thrown(recorded: Recorded, otherwise: float) -> float:
    """When the latch's metric was first written, or the record changed."""
    switching = {("ThrowLatch", "PutMetricData"), ("ChangeRecord", "ChangeResourceRecordSets")}
    calls = [c["time"] for c in recorded.calls if (c["app"], c["op"]) in switching]
    return min((at for at in calls if at >= recorded.fault_at), default=otherwise)


def _side_by_side(recorded: Recorded) -> float:
    """From the first of the two calls until both were seen to have worked, from outside the product."""
    here = [call for call in recorded.calls if call["region"] == recorded.recovery_region]
    called = [call["time"] for call in here if call["op"] in ("PromoteReadReplica", "UpdateService")]
    begun = [at for at in called if at >= recorded.fault_at]
    seen = [at for at in (recorded.seen.database_writable, recorded.seen.service_ready) if at is not None]
    return max(0.0, max(seen) - min(begun)) if begun and seen else 0.0


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


def _last(timeline: tuple[TimelineLine, ...]) -> float:
    return max((line.at for line in timeline), default=0.0)
