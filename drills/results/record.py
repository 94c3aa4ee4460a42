"""What a drill recorded: raw, with times in epoch seconds, before anything is computed from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from drills.client.attempt import Attempt
from drills.world.rehearsal_plan import Change
from lyo_dr.model.plan import Plan

FIRED = frozenset({"FenceServices", "PromoteReplica", "TakeAuthority", "ThrowLatch", "ChangeRecord"})
"""Steps that change something users could notice. Where nothing may fire none of them may write to the timeline."""


@dataclass(frozen=True)
class TimelineLine:
    """One sentence of the incident, as the product wrote it."""

    at: float
    step: str
    sentence: str


@dataclass(frozen=True)
class Seen:
    """When an observer outside the product first saw each event; None when it never happened."""

    database_writable: float | None
    service_ready: float | None
    name_moved: float | None


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """Everything a drill leaves behind."""

    drill: str
    plan: Plan
    changes: tuple[Change, ...]
    clock: float
    lost_region: str
    recovery_region: str
    fault_at: float
    signal_at: float
    """When the alarm changed, by the alarm's own word."""
    incident_id: str
    ending: str
    predicted_loss_seconds: float | None
    timeline: tuple[TimelineLine, ...]
    calls: tuple[dict[str, Any], ...]
    attempts: tuple[Attempt, ...]
    rows: tuple[tuple[str, datetime], ...]
    seen: Seen
    after: dict[str, str] = field(default_factory=dict)
    """Status of the executions that outlive the incident, by name."""
    state: dict[str, Any] = field(default_factory=dict)
    """Databases, services and load balancers at the end, as the data host shows them."""
    found: Mapping[str, Any] = field(default_factory=dict)
    """Findings the scenario collected at the end, by name; plain strings, or a value of the scenario's own type."""
    stage_seconds: dict[str, float] = field(default_factory=dict)
    """How long setting up, warming and so on took."""
    opened: int = 0
    """Incidents opened since the fault; a signal that is only recorded opens none."""
    notes: dict[str, Any] = field(default_factory=dict)
    """Figures of this drill alone, by name."""
    observations: dict[str, Any] = field(default_factory=dict)
    """Observations before the decision, by name."""
    aws_timing: bool = False
    """Whether phases lasted as long as the model of AWS's durations says."""
