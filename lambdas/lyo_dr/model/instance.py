"""Facts about one database instance whose alarm fired. Unknown is None, never a number."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.model.facts import Instance, Probe, ReplicaReading

_NOT_NOW = "57P"
"""Class 57P of SQLSTATE: the server shuts down or starts (PostgreSQL manual, appendix A)."""


class ConnectionCount(msgspec.Struct, frozen=True, kw_only=True):
    """Number of the application's sessions, as counted by the database.

    ``error`` is why nothing was counted; with ``state`` (a SQLSTATE) the server itself returned it.
    """

    database: str
    app: int | None = None
    error: str | None = None
    state: str | None = None

    @property
    def answered(self) -> bool:
        """Whether a server responds behind the endpoint, even if it refuses us."""
        if self.error is None:
            return True
        return self.state is not None and not self.state.startswith(_NOT_NOW)


class InstanceFacts(msgspec.Struct, frozen=True, kw_only=True):
    """All facts about one instance at ``at``.

    ``instance`` is None if RDS has none or, with ``rds_error``, does not respond. ``count`` is None if our own
    function could not check, which says nothing about the database. ``faults`` are deviating integrity queries.
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
    """An unbroken run of observations of an unresponsive endpoint: the first and the last."""

    since: datetime
    last: datetime
