"""What the data plane works on: zones, record sets, health checks, alarms and data points, as frozen values.

Names are lower case without a trailing dot (see :func:`canonical`); times are epoch seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


def canonical(name: str) -> str:
    """Return the name as the data plane compares it: lower case, no trailing dot."""
    return name.rstrip(".").lower()


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a health check asks. ``interval`` is Route 53's own, in seconds, before any clock factor."""

    scheme: str
    address: str | None
    host: str | None
    port: int
    path: str = "/"
    interval: float = 30.0
    failure_threshold: int = 3


@dataclass(frozen=True, slots=True)
class AlarmReference:
    """The alarm whose metric a health check watches, and what silence means.

    ``on_insufficient_data`` is LastKnownStatus, Healthy or Unhealthy.
    """

    region: str
    name: str
    on_insufficient_data: str = "LastKnownStatus"


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A kind of health check this data plane does not play; it keeps the status it was born with."""

    kind: str


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One health check of one account."""

    account: str
    id: str
    watches: Endpoint | AlarmReference | Unsupported
    inverted: bool = False
    disabled: bool = False


class Stream(Enum):
    """What a metric stream says about its alarm; UNDECIDED keeps the previous verdict."""

    OK = "ok"
    ALARM = "alarm"
    UNDECIDED = "undecided"
    INSUFFICIENT = "insufficient data"


@dataclass(frozen=True, slots=True)
class Alarm:
    """The part of a metric alarm that Route 53 looks at; its state is not among it. ``period`` in seconds."""

    comparison: str
    threshold: float
    period: float = 60.0
    evaluation_periods: int = 1
    statistic: str = "Average"
    treat_missing: str = "missing"
    datapoints_to_alarm: int | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """One stored data point: a single value, or a set of them summed up."""

    at: float
    count: float
    total: float
    minimum: float
    maximum: float

    @classmethod
    def single(cls, at: float, value: float) -> "Point":
        """One value, seen once."""
        return cls(at, 1.0, value, value, value)


@dataclass(frozen=True, slots=True)
class RecordSet:
    """One record set. ``routing`` is simple, failover or the name of a policy that is not played."""

    name: str
    kind: str
    values: tuple[str, ...] = ()
    ttl: int = 300
    alias: str | None = None
    evaluate_target: bool = False
    routing: str = "simple"
    failover: str | None = None
    health_check: str | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    """A public hosted zone and its record sets."""

    name: str
    records: tuple[RecordSet, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """The status of a health check as Route 53 publishes it, and since when (epoch seconds)."""

    healthy: bool
    since: float


class Source(Protocol):
    """Where the data plane reads the control plane's state, and where it publishes metrics."""

    def zones(self) -> Sequence[Zone]:
        """Return the public hosted zones."""
        ...

    def health_checks(self) -> Sequence[HealthCheck]:
        """Return all health checks."""
        ...

    def alarm(self, account: str, reference: AlarmReference) -> tuple[Alarm, Sequence[Point]] | None:
        """Return the alarm and its metric's points, or None where there is no such alarm."""
        ...

    def publish_status(self, check: HealthCheck, *, healthy: bool) -> None:
        """Publish AWS/Route53 HealthCheckStatus of this check in us-east-1."""
        ...
