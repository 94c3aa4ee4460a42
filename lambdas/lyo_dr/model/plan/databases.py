"""Databases: their instances, what is compared and checked in them, and how they are restored."""

from datetime import timedelta
from typing import Annotated, Literal

from msgspec import Meta

from lyo_dr.model.plan.kinds import InstanceId, PartName, RegionName
from lyo_dr.model.plan.part import PlanPart
from lyo_dr.model.plan.ways import PlannedWay, RestoreAs
from lyo_dr.model.tables.names import TableName, parse_column, parse_table

_NAME_BASE = 44
_AT_ONCE = "all of them are polled in one execution, which AWS Step Functions ends at 25,000 events"
"""Three of them for an hour are some 7,000 events."""

ALTERNATING = 2
"""App roles a database needs for its login to be rotated: one in use, one that takes the new password."""


def name_base(identifier: str) -> str:
    """What the names of everything an incident makes of an instance begin with.

    RDS takes 63 characters, no hyphen at the end, and no two of them in a row (RDS API reference, CreateDBInstance);
    what is added begins with a hyphen and takes 19.
    """
    return identifier[:_NAME_BASE].rstrip("-")


class Table(PlanPart, frozen=True):
    """A table in which users' work is counted and compared."""

    name: Annotated[
        str,
        Meta(
            description="Table, or schema.table, spelled as the catalogue has it (no schema: public); double quotes "
            'only around what is no word, as in sales."line items".'
        ),
    ]
    key: Annotated[
        str | list[str],
        Meta(description="Columns of its primary key, or of a unique key that is never null: one name, or a list."),
    ]
    written_at: Annotated[
        str | None,
        Meta(
            description="Timestamp column that says when a row was last written. Without one, rows are dated by the "
            "server's commit timestamps alone, and divergent rows are not counted after a failover."
        ),
    ] = None

    @property
    def place(self) -> TableName:
        """The table with its schema. Raises ValueError for a name the plan's rules refuse."""
        return parse_table(self.name)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns of its key, in the plan's order, as the catalogue has them."""
        return tuple(map(parse_column, [self.key] if isinstance(self.key, str) else self.key))

    @property
    def time(self) -> str | None:
        """The column of ``written_at``, as the catalogue has it."""
        return None if self.written_at is None else parse_column(self.written_at)


class Check(PlanPart, frozen=True):
    """An integrity query: ``sql`` returns one number and changes nothing.

    A watermark is a number, too: ``select extract(epoch from max(created_at)) from ...``.
    """

    name: Annotated[str, Meta(description="Name of the check in messages.")]
    sql: Annotated[str, Meta(description="A single SELECT that returns one number.")]
    expect: Annotated[
        Literal["zero", "steady"],
        Meta(description="zero: any other number is damage; steady: compared with the last run without damage."),
    ]
    may_fall_percent: Annotated[
        float,
        Meta(ge=0, le=100, description="steady: how far the number may fall since the last good run, in percent."),
    ] = 0.0
    may_rise_percent: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        Meta(description="steady: how far the number may rise, in percent; omitted: without limit."),
    ] = None


class DelayedReplica(PlanPart, frozen=True):
    """A read replica in the region of its source that replays WAL with a delay.

    RDS takes up to 24 hours (User Guide, "Configuring delayed replication with RDS for PostgreSQL":
    recovery_min_apply_delay, 0 to 86400000 ms).
    """

    instances: Annotated[
        dict[RegionName, InstanceId],
        Meta(description="By region, one or both: identifier of the delayed replica there."),
    ]
    delay: Annotated[
        timedelta, Meta(description="recovery_min_apply_delay of its parameter group; at most one day (P1D).")
    ]


class Restore(PlanPart, frozen=True):
    """How a database is restored when its data is damaged.

    Where no evidence dates the damage, a search for the recovery point restores to throwaway instances.
    """

    start: Annotated[
        Literal["approve", "automatic"],
        Meta(description="approve: an integrity alarm notifies responders; automatic: it starts the restore."),
    ] = "approve"
    stop: Annotated[
        Literal["zero", "read_only", "nothing"],
        Meta(
            description="Services while data is damaged; zero: scaled to zero; read_only: they read; nothing: they run."
        ),
    ] = "zero"
    keep_damaged_days: Annotated[
        int, Meta(ge=0, description="Minimum number of days the damaged instance is kept, under another name.")
    ] = 7
    max_restores: Annotated[
        int, Meta(ge=1, description="Maximum number of restores, including those made while searching.")
    ] = 7
    search_budget: Annotated[
        timedelta,
        Meta(
            description="Maximum duration of a search for the recovery point, where no evidence dates the damage; "
            "PT0S: no search."
        ),
    ] = timedelta(hours=1)
    search_at_once: Annotated[
        int,
        Meta(
            ge=1,
            le=5,
            extra={"why": _AT_ONCE},
            description="Number of throwaway instances a search restores in parallel; 1 to 5.",
        ),
    ] = 3
    search_resolution: Annotated[
        timedelta, Meta(description="A search ends when the last good and the first damaged time are this close.")
    ] = timedelta(seconds=15)
    warm_budget: Annotated[
        timedelta,
        Meta(description="Maximum time to prewarm tables before users reach a restored database; PT0S: no prewarming."),
    ] = timedelta(minutes=5)
    delayed: Annotated[
        DelayedReplica | None,
        Meta(description="Delayed replica, promoted instead of a restore while it has not replayed the damage."),
    ] = None


class Database(PlanPart, frozen=True):
    """One RDS for PostgreSQL database; what it has in the other region depends on its way back."""

    name: Annotated[PartName, Meta(description="Name of the database in incidents and messages.")]
    instances: Annotated[
        dict[RegionName, InstanceId],
        Meta(description="By region: identifier of the RDS instance. Way restore or leave: in the primary alone."),
    ]
    critical: Annotated[bool, Meta(description="Whether traffic waits until it has recovered.")] = True
    way: Annotated[
        PlannedWay,
        Meta(
            description="When its region is lost; promote: its replica in the other region; restore: from backups "
            "replicated there, it has no replica; leave: it is not recovered."
        ),
    ] = "promote"
    restore_as: Annotated[
        RestoreAs | None,
        Meta(description="Way restore: the instance that is restored in the secondary region, which has none before."),
    ] = None
    rpo: Annotated[
        timedelta | None,
        Meta(description="Its own recovery point objective, shorter or longer; omitted: objectives.rpo."),
    ] = None
    backup_retention_days: Annotated[
        int,
        Meta(
            ge=1,
            le=35,
            extra={"why": "RDS takes no other"},
            description="Backup retention after a promotion, in days; 1 to 35.",
        ),
    ] = 7
    multi_az: Annotated[bool, Meta(description="Whether the new primary becomes Multi-AZ.")] = True
    app_roles: Annotated[
        list[str],
        Meta(
            description="Database users of the application; a deposed database revokes their access. "
            "Rotating its login takes two."
        ),
    ] = []
    tables: Annotated[list[Table], Meta(description="Tables that hold users' work.")] = []
    integrity: Annotated[
        list[Check], Meta(description="Integrity queries, run every five minutes and on every restored database.")
    ] = []
    low_storage_gib: Annotated[
        float, Meta(gt=0, description="Free storage in GiB below which responders are notified; nothing is started.")
    ] = 5.0
    restore: Annotated[Restore, Meta(description="How the database is restored when its data is damaged.")] = Restore()

    @property
    def has_replica(self) -> bool:
        """Whether the plan gives it a replica in the other region."""
        return self.way == "promote"

    def is_left_by(self, region: str) -> bool:
        """Whether a failover to ``region`` leaves it behind: it is in the other one and never comes here."""
        return self.way == "leave" and region not in self.instances

    def instance_in(self, region: str) -> str:
        """Identifier of its instance in a region, or what the name of one begins with that is restored there.

        A database that is left has none outside its own region; its name is the same as there.
        """
        if region in self.instances:
            return self.instances[region]
        return next(iter(self.instances.values())) if self.restore_as is None else self.restore_as.instance

    def delayed_in(self, region: str) -> str | None:
        """The delayed replica of a region, where the plan names one."""
        return None if self.restore.delayed is None else self.restore.delayed.instances.get(region)

    def lives_in(self, identifier: str, region: str) -> bool:
        """Whether an instance there may be this database: the plan's, or its successor after an incident.

        A successor is an instance restored next to it (``ResourceNames.restored``), or its delayed replica, promoted.
        """
        planned = self.instance_in(region)
        return identifier in (planned, self.delayed_in(region)) or identifier.startswith(f"{name_base(planned)}-r-")
