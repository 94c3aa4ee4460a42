"""Loss window (RPO): how much acknowledged work could be missing on the replica.

``ReplicaLag`` grows while the primary is idle or dead and says nothing about loss; the last replayed commit does.
Heartbeats keep that accurate on an idle database.
"""

from __future__ import annotations

from datetime import datetime

from lyo_dr.model.facts import LossWindow, ReplicaReading


def loss_window(reading: ReplicaReading, outage_start: datetime) -> LossWindow:
    """From the last replayed commit to the latest possible start of the outage: an upper bound, in seconds."""
    if reading.error is not None:
        return LossWindow(seconds=None, basis=f"the replica of {reading.database} could not be read ({reading.error})")
    commits = [moment for moment in (reading.heartbeat_at, reading.last_replay_at) if moment is not None]
    if not commits:
        return LossWindow(seconds=None, basis=f"the replica of {reading.database} has not replayed any commit yet")
    seconds = max(0.0, (outage_start - max(commits)).total_seconds())
    return LossWindow(
        seconds=seconds,
        basis=f"{reading.database}: last replayed commit {max(commits):%H:%M:%S.%f} UTC, "
        f"outage no later than {outage_start:%H:%M:%S.%f} UTC",
    )


def worst(windows: list[LossWindow]) -> LossWindow:
    """The largest window; a single unknown one makes the whole unknown."""
    unknown = [window for window in windows if window.seconds is None]
    if unknown:
        return unknown[0]
    return max(
        windows,
        key=lambda window: window.seconds or 0.0,
        default=LossWindow(seconds=None, basis="no database"),
    )
