"""The longest chain of waiting in a failover that no implementation could leave out, as it was measured. Pure."""

from __future__ import annotations

from drills.results.parts import Part
from drills.results.record import Recorded


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
        if recorded.plan.main_front().strategy == "record":
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
