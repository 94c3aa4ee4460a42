"""Facts: raw observations with their time, not yet evaluated. Unknown is None, never a number."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP response, or the reason why there was none. ``status`` is 0 without a response."""

    url: str
    status: int = 0
    error: str | None = None
    seconds: float = 0.0
    region: str | None = None
    database: str | None = None
    epoch: int | None = None

    @property
    def answered(self) -> bool:
        """Whether there was any response, whatever its status."""
        return self.status > 0

    @property
    def ready(self) -> bool:
        """Whether the app reports, by the app contract, that it serves reads and writes."""
        return self.status == 200 and self.database == "read_write"


class Probes(msgspec.Struct, frozen=True, kw_only=True):
    """The lost region's apps and its witness endpoint, and the same endpoint here and in a third region."""

    apps: list[Probe]
    witness: Probe
    own: Probe
    neutral: Probe
    at: datetime | None = None
    """When the probes were started."""
    others: list[Probe] = []
    """Apps that are not critical: an answer shows that the region is up, but nothing waits for them to be ready."""

    @property
    def heard(self) -> list[Probe]:
        """Every app that was asked."""
        return [*self.apps, *self.others]


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One observation of the peer region: whether anything responded. ``seconds``: how long it took.

    ``heard_at`` is when any replica last received from its primary, as far as it could be read. ``silent_by`` is
    carried from sample to sample while the region is unresponsive: when it was first found so.
    """

    at: datetime
    seconds: float
    app: bool
    witness: bool
    own: bool
    neutral: bool
    heard_at: datetime | None = None
    silent_by: datetime | None = None


class ReplicaReading(msgspec.Struct, frozen=True, kw_only=True):
    """State of a replica as reported by itself. Ages are measured by its own clock, at ``read_at``."""

    database: str
    error: str | None = None
    read_at: datetime | None = None
    in_recovery: bool | None = None
    receiving: bool | None = None
    received_at: datetime | None = None
    heartbeat_at: datetime | None = None
    heartbeat_epoch: int | None = None
    last_replay_at: datetime | None = None


class Facts(msgspec.Struct, frozen=True):
    """All observations at one point in time."""

    probes: Probes
    replicas: list[ReplicaReading]
    samples: list[Sample] = []
    """Observations so far, this one included."""


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """An RDS instance as its API describes it."""

    identifier: str
    status: str
    source: str | None = None
    replicating: bool = False
    multi_az: bool = False
    backup_retention_days: int = 0
    pending_changes: list[str] = []
    cluster: str = ""
    """The DB cluster it is a member of, which this product does not recover; empty of an instance alone."""
    maintenance: str = ""
    """When RDS may work on it by itself, such as ``sun:05:00-sun:06:00`` (UTC); empty is unknown."""


class WriteProof(msgspec.Struct, frozen=True, kw_only=True):
    """Result of writing a row and reading it back. ``error`` is a sentence without secrets."""

    database: str
    written: bool
    in_recovery: bool | None = None
    epoch: int | None = None
    error: str | None = None


ROLLING = "ECS"
"""The deployment controller under which ECS replaces tasks on request (API reference, DeploymentController)."""


class ServiceState(msgspec.Struct, frozen=True, kw_only=True):
    """An ECS service: desired and running tasks, and why tasks stopped."""

    desired: int
    running: int
    pending: int
    rollout: str
    minimum_capacity: int | None = None
    maximum_capacity: int | None = None
    stop_reasons: list[str] = []
    controller: str = ROLLING
    """Who replaces its tasks: ECS itself, ``CODE_DEPLOY`` or ``EXTERNAL``."""


class LossWindow(msgspec.Struct, frozen=True, kw_only=True):
    """Upper bound of the acknowledged work that may be missing on the replica; None is unknown."""

    seconds: float | None
    basis: str


RecordKind = Literal["A", "AAAA", "CNAME", "HTTPS", "SVCB"]
"""Types of records that lead a client to an address; HTTPS and SVCB beside the others (RFC 9460)."""


class FrontRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record of the public name: its targets, lower case and sorted; ``routed`` by a routing policy."""

    leads_to: list[str]
    routed: bool = False
    kind: RecordKind = "A"
