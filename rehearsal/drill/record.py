"""What a drill recorded: raw, with times in epoch seconds, before anything is computed from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lyo_dr.model.plan import Plan
from rehearsal.client.attempt import Attempt
from rehearsal.drill.plan import Change

FIRED = frozenset({"FenceServices", "PromoteReplica", "TakeAuthority", "ThrowLatch", "ChangeRecord"})
"""Steps that change something users could notice. Where nothing may fire none of them may speak."""


@dataclass(frozen=True)
class TimelineLine:
    """One sentence of the incident, as the product wrote it."""

    at: float
    step: str
    sentence: str


@dataclass(frozen=True)
class Seen:
    """What somebody outside the product saw first; None when it never happened."""

    database_writable: float | None
    service_ready: float | None
    name_moved: float | None


@dataclass(frozen=True, kw_only=True)
class Return:
    """What was found in a lost region after it had come back, at ``at``, and its fence had been waited for."""

    at: float
    confirmed: bool
    rows: tuple[tuple[str, datetime], ...]
    """Every booking in its database."""
    divergent: frozenset[str]
    """Ids the product noted as existing only there."""
    app_refused: bool
    """Whether its database refuses the app's own login."""
    active: dict[str, str]
    """Which region is active, by the word of each region's record."""
    leads_home: bool
    """Whether the name leads to it again."""


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
    """How the processes that nobody waits for ended, by name."""
    state: dict[str, Any] = field(default_factory=dict)
    """Databases, services and load balancers at the end, as the data host shows them."""
    found: dict[str, str] = field(default_factory=dict)
    """What the scenario itself looked at in the end, by name."""
    returned: Return | None = None
    stage_seconds: dict[str, float] = field(default_factory=dict)
    """How long setting up, warming and so on took."""
    opened: int = 0
    """Incidents that were opened since the fault; a signal that is only recorded opens none."""
    notes: dict[str, Any] = field(default_factory=dict)
    """What this drill alone looks at."""
    looks: dict[str, Any] = field(default_factory=dict)
    """What observers said before the decision, by the name of the look."""
    aws_timing: bool = False
    """Whether phases lasted as long as the model of AWS's durations says."""
