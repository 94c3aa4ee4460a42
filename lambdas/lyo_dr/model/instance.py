"""What can be known of one database instance whose alarm went off. Unknown is None, never a number."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.model.facts import Instance, Probe, ReplicaReading

_NOT_NOW = "57P"
"""Class 57P of SQLSTATE: the server shuts down or starts (PostgreSQL manual, appendix A)."""


class ConnectionCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many sessions the application has, as the database counts them.

    ``error`` is why nothing was counted; with ``state``, a SQLSTATE, it was the server itself that said so.
    """

    database: str
    app: int | None = None
    error: str | None = None
    state: str | None = None

    @property
    def answered(self) -> bool:
        """Whether a server is at work behind the endpoint, be it that it refuses us."""
        if self.error is None:
            return True
        return self.state is not None and not self.state.startswith(_NOT_NOW)


class InstanceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was said of one instance at ``at``.

    ``instance`` is None where RDS knows none or, with ``rds_error``, does not answer. ``count`` is None when our own
    function could not look, and says nothing about the database. ``faults`` are the integrity questions that deviate.
    """

    database: str
    at: datetime
    instance: Instance | None = None
    rds_error: str | None = None
    count: ConnectionCount | None = None
    faults: list[str] = []
    apps: list[Probe] = []
    replica: ReplicaReading


class UnresponsivePeriod(msgspec.Struct, frozen=True, kw_only=True):
    """An unbroken run of looks that found an endpoint silent: the first and the last of them."""

    since: datetime
    last: datetime
