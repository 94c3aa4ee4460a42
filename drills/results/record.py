"""What a drill recorded: raw, with times in epoch seconds, before anything is computed from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from drills.client.attempt import Attempt
from drills.world.rehearsal_plan import Change
from lyo_dr.model.plan import Plan

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
class Before:
    """The app secret's copies before anything was rotated, as text by region. Never shown: it holds passwords."""

    secret: str
    texts: dict[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """What was found after a rotation, by somebody outside the product who knows every password there was."""

    users: dict[str, str]
    """Whom the app logs in as, by region."""
    accepted: dict[str, bool]
    """Whether that login is accepted by the database of its region."""
    old_accepted: tuple[str, ...]
    """Former logins a database still accepts: ``user in region``."""
    old_sessions: int
    """Sessions in the active database of a user that is not in use."""
    others_kept: bool
    """Whether everything else in the secrets is the same, byte for byte."""
    pending: tuple[str, ...]
    """Regions in which a version is still pending."""
    logins_seen: int
    leaks: tuple[str, ...]
    """Places outside Secrets Manager in which bytes of a password were found."""
    searched: dict[str, int]
    """What was searched for them: bytes by kind of place."""


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
    rotated: Rotated | None = None
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
