"""The plan: what to protect, where to recover, within which limits, whom to tell.

``plan.yaml`` is the one file a user edits. It is read and checked by :mod:`lyo_dr.model.plan_file`,
written into a Lambda layer when the stacks are synthesised, and read from there by every step.
Durations are ISO 8601 (``PT15M``); there are no defaults for names of resources.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec

from lyo_dr.model.breach import Breach
from lyo_dr.model.cache import Cache
from lyo_dr.model.evidence import Evidence
from lyo_dr.model.issuer import IssuedKey, KeyName

DATABASE_URL = "DATABASE_URL"
"""The key of an app secret that holds the database's address and login."""

NAME_BASE = 44
"""So many characters of an instance's name begin the names of what an incident makes of it.

RDS takes 63 and no hyphen at the end; what is added takes 19.
"""

ALTERNATING = 2
"""App roles a database needs for its login to be rotated: one in use, one that takes the new password."""


class PlanPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Common shape of every part: frozen, and an unknown field is a fault, not a surprise."""


class Objectives(PlanPart, frozen=True):
    """Targets the business has agreed to; every drill is judged against them."""

    rto: timedelta
    rpo: timedelta
    availability_percent: float
    mttr: timedelta


class Regions(PlanPart, frozen=True):
    """The region pair. ``primary`` is active on the first day; afterwards the role is run-time state."""

    primary: str
    secondary: str
    neutral: str

    @property
    def pair(self) -> tuple[str, str]:
        """Both recovery regions."""
        return (self.primary, self.secondary)

    def peer_of(self, region: str) -> str:
        """The other region of the pair."""
        return self.secondary if region == self.primary else self.primary


class Network(PlanPart, frozen=True):
    """Where the SQL functions of one region stand: they alone run inside the VPC."""

    vpc: str
    subnets: list[str]
    security_groups: list[str]


class Maintenance(PlanPart, frozen=True):
    """A time in which alarms are recorded and start nothing; a person's start is not held back."""

    begins: Annotated[datetime, msgspec.Meta(tz=True)]
    ends: Annotated[datetime, msgspec.Meta(tz=True)]
    why: str


class Policy(PlanPart, frozen=True):
    """What may happen without a person.

    ``agreement``: so long the observers must have agreed, without a gap, before a region counts as lost; longer
    than a Multi-AZ failover (60 to 120 s, RDS user guide, "Failover process"). ``cooldown``: for so long after a
    recovery no alarm starts another one unless a person has acknowledged the first.
    """

    failover: Literal["automatic", "approve"] = "automatic"
    breach: Literal["automatic", "approve"] = "approve"
    signal_max_age: timedelta = timedelta(minutes=15)
    agreement: timedelta = timedelta(seconds=150)
    cooldown: timedelta = timedelta(hours=1)
    maintenance: list[Maintenance] = []


class Timing(PlanPart, frozen=True):
    """Rhythms. A rehearsal shortens these, and says so; the code is the same."""

    poll: timedelta = timedelta(seconds=15)
    probe_timeout: timedelta = timedelta(seconds=5)
    call_timeout: timedelta = timedelta(seconds=5)
    sql_timeout: timedelta = timedelta(seconds=20)
    heartbeat_every: timedelta = timedelta(seconds=5)
    heartbeat_round: timedelta = timedelta(seconds=55)
    heartbeat_stale: timedelta = timedelta(seconds=30)
    watch_every: timedelta = timedelta(seconds=10)
    watch_round: timedelta = timedelta(seconds=55)


class Budgets(PlanPart, frozen=True):
    """The longest each stage may take before it counts as failed."""

    triage: timedelta = timedelta(minutes=5)
    fence: timedelta = timedelta(seconds=10)
    promotion: timedelta = timedelta(minutes=45)
    capacity: timedelta = timedelta(minutes=15)
    switch: timedelta = timedelta(minutes=10)
    validation: timedelta = timedelta(minutes=10)
    protection: timedelta = timedelta(minutes=90)
    restore: timedelta = timedelta(minutes=90)
    lease: timedelta = timedelta(minutes=15)
    consent: timedelta = timedelta(minutes=30)


class Table(PlanPart, frozen=True):
    """A table users' work is counted in: its key, and the column that says when a row was last written."""

    name: str
    key: str
    written_at: str


class Check(PlanPart, frozen=True):
    """One question to the data; ``sql`` answers with one number and changes nothing.

    ``zero``: anything else is damage. ``steady``: compared with the last good run, the number may fall and rise by so
    many percent. A watermark is a number, too: ``select extract(epoch from max(created_at)) from ...``.
    """

    name: str
    sql: str
    expect: Literal["zero", "steady"]
    may_fall_percent: float = 0.0
    may_rise_percent: float | None = None


class DelayedReplica(PlanPart, frozen=True):
    """A read replica that replays what is committed so much later, in the region of its source.

    ``instances`` maps region to instance identifier, for one region or both. RDS takes up to 24 hours (User Guide,
    "Configuring delayed replication with RDS for PostgreSQL": recovery_min_apply_delay, 0 to 86400000 ms).
    """

    instances: dict[str, str]
    delay: timedelta


class Restore(PlanPart, frozen=True):
    """How a database is brought back. ``start``: whether an integrity alarm may do it without a person.

    ``stop``: what happens to its services while their data is wrong: they end, or read and do not write.
    ``max_restores`` counts the attempts, those to throw away included; the damaged instance is kept under another name
    for ``keep_damaged_days``.

    Where no evidence names the moment, ``search_at_once`` restores at a time search it for ``search_budget`` at most
    (PT0S: never), until it is known to ``search_resolution``. Before users are led to a restored database its tables
    are read for ``warm_budget`` at most. A ``delayed`` replica is promoted instead, where the damage is not in it yet.
    """

    start: Literal["approve", "automatic"] = "approve"
    stop: Literal["zero", "read_only", "nothing"] = "zero"
    keep_damaged_days: int = 7
    max_restores: int = 7
    search_budget: timedelta = timedelta(hours=1)
    search_at_once: int = 3
    search_resolution: timedelta = timedelta(seconds=15)
    warm_budget: timedelta = timedelta(minutes=5)
    delayed: DelayedReplica | None = None


class Database(PlanPart, frozen=True):
    """One RDS for PostgreSQL database and its replica. ``instances`` maps region to instance identifier.

    ``app_roles`` are the database users the application logs in as; a deposed database is closed to them. With less
    than ``low_storage_gib`` left people are told.
    """

    name: str
    instances: dict[str, str]
    critical: bool = True
    backup_retention_days: int = 7
    multi_az: bool = True
    app_roles: list[str] = []
    tables: list[Table] = []
    integrity: list[Check] = []
    low_storage_gib: float = 5.0
    restore: Restore = Restore()

    def delayed_in(self, region: str) -> str | None:
        """The delayed replica of a region, where the plan names one."""
        return None if self.restore.delayed is None else self.restore.delayed.instances.get(region)

    def lives_in(self, identifier: str, region: str) -> bool:
        """Whether an instance there may be this database: the plan's, or what took its place after an incident.

        That is one restored beside it (``Names.restored``), or its delayed replica, promoted.
        """
        planned = self.instances[region]
        return identifier in (planned, self.delayed_in(region)) or identifier.startswith(f"{planned[:NAME_BASE]}-r-")


class ServiceLocation(PlanPart, frozen=True):
    """One ECS service in one region, and the URL that reaches it without the front door."""

    cluster: str
    service: str
    url: str


class Service(PlanPart, frozen=True):
    """One service. ``desired`` tasks are raised on failover; fewer than ``minimum`` running is not recovered."""

    name: str
    places: dict[str, ServiceLocation]
    desired: int
    minimum: int = 1
    ready_path: str = "/health/ready"


class Target(PlanPart, frozen=True):
    """Where the front name leads in one region: a load balancer (alias) or an address."""

    load_balancer: str | None = None
    hosted_zone: str | None = None
    address: str | None = None


class Traffic(PlanPart, frozen=True):
    """The front door. ``resolvers`` are asked when it is verified; empty means the system's own.

    ``latch`` moves traffic on the data plane of the recovery region. ``record`` changes the record itself, which
    needs the control plane of Route 53 in us-east-1: for zones in which failover records cannot stand.
    """

    name: str
    url: str
    hosted_zone: str
    targets: dict[str, Target]
    strategy: Literal["latch", "record"] = "latch"
    ttl: timedelta = timedelta(seconds=60)
    resolvers: list[str] = []


class Observers(PlanPart, frozen=True):
    """Who is asked whether a region lives. ``{region}`` in the URL is replaced."""

    witness: str = "https://dynamodb.{region}.amazonaws.com/ping"


class Secret(PlanPart, frozen=True):
    """A secret of the application and the keys it must hold.

    ``database`` is the one DATABASE_URL leads to; left out, the first of the plan. ``rotate_every`` rotates its login
    regularly; left out, on demand only. ``issued`` are keys only their issuer can change: people are asked for them.
    """

    name: str
    keys: list[str]
    issued: list[IssuedKey] = []
    database: str | None = None
    rotate_every: timedelta | None = None


class Endpoint(PlanPart, frozen=True):
    """A path asked for validation. ``ready`` also requires the body of the app contract."""

    name: str
    path: str
    status: int = 200
    ready: bool = False


class Contacts(PlanPart, frozen=True):
    """E-mail addresses subscribed to the two topics, and the page customers look at."""

    responders: list[str]
    stakeholders: list[str]
    status_page: str


class Plan(PlanPart, frozen=True):
    """The whole plan."""

    name: str
    account: str
    objectives: Objectives
    regions: Regions
    networks: dict[str, Network]
    databases: list[Database]
    services: list[Service]
    traffic: Traffic
    endpoints: list[Endpoint]
    contacts: Contacts
    secrets: list[Secret] = []
    caches: list[Cache] = []
    workload: Literal["existing", "reference"] = "existing"
    policy: Policy = Policy()
    timing: Timing = Timing()
    budgets: Budgets = Budgets()
    observers: Observers = Observers()
    breach: Breach | None = None
    evidence: Evidence = Evidence()
    tracing: bool = False

    def database(self, name: str) -> Database:
        """The database with this name. Raises KeyError for a name the plan does not hold."""
        return {database.name: database for database in self.databases}[name]

    def service(self, name: str) -> Service:
        """The service with this name. Raises KeyError for a name the plan does not hold."""
        return {service.name: service for service in self.services}[name]

    def database_of(self, secret: Secret) -> Database:
        """The database a secret's DATABASE_URL leads to."""
        return self.databases[0] if secret.database is None else self.database(secret.database)

    def rotatable(self) -> list[Secret]:
        """Secrets with a database login that can change: its database has two app roles, to alternate between."""
        found = [secret for secret in self.secrets if DATABASE_URL in secret.keys]
        return [secret for secret in found if len(self.database_of(secret).app_roles) == ALTERNATING]

    def cache(self, name: str) -> Cache:
        """The cache with this name. Raises KeyError for a name the plan does not hold."""
        return {cache.name: cache for cache in self.caches}[name]

    def renewable(self) -> list[str]:
        """Names of the secrets in which we can change something ourselves: a database login, or a cache's token."""
        found = {secret.name for secret in self.rotatable()} | {cache.secret for cache in self.caches}
        return [secret.name for secret in self.secrets if secret.name in found]

    def issued(self) -> dict[KeyName, IssuedKey]:
        """Every key only its issuer can change, by secret and key."""
        return {KeyName(secret.name, each.key): each for secret in self.secrets for each in secret.issued}

    def to_json(self) -> str:
        """The canonical form: same plan, same bytes."""
        return msgspec.json.encode(self, order="deterministic").decode()

    def digest(self) -> str:
        """SHA-256 over the canonical form, first 12 characters; recorded on every incident."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]


def plan_from_json(text: str) -> Plan:
    """Read the canonical form back. Raises msgspec.ValidationError, which a published plan never does."""
    return msgspec.json.decode(text, type=Plan)
