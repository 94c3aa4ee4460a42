"""The whole plan, and its canonical form."""

import hashlib
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from lyo_dr.model.issuer import KeyName
from lyo_dr.model.plan.breach import Breach, Evidence
from lyo_dr.model.plan.databases import ALTERNATING, Database
from lyo_dr.model.plan.kinds import AccountId, PlanName, RegionName
from lyo_dr.model.plan.part import PlanPart
from lyo_dr.model.plan.policy import Contacts, Objectives, Policy
from lyo_dr.model.plan.regions import Network, Observers, Regions
from lyo_dr.model.plan.secrets import DATABASE_URL, Cache, IssuedKey, Secret
from lyo_dr.model.plan.services import Endpoint, Service
from lyo_dr.model.plan.timing import Budgets, Timing
from lyo_dr.model.plan.traffic import Traffic


class Plan(PlanPart, frozen=True):
    """The whole plan."""

    name: Annotated[PlanName, Meta(description="Prefix of all deployed resources; letters, digits and hyphens.")]
    account: Annotated[AccountId, Meta(description="AWS account id: twelve digits, in quotes.")]
    objectives: Annotated[Objectives, Meta(description="Targets of a recovery.")]
    regions: Annotated[
        Regions, Meta(description="Primary and standby region, and a neutral third one for an observer.")
    ]
    networks: Annotated[
        dict[RegionName, Network], Meta(description="VPC, subnets and security groups of the SQL functions, by region.")
    ]
    databases: Annotated[list[Database], Meta(min_length=1, description="Databases, promoted on failover.")]
    services: Annotated[list[Service], Meta(min_length=1, description="ECS services, scaled up on failover.")]
    traffic: Annotated[Traffic, Meta(description="How user traffic is switched to the other region.")]
    endpoints: Annotated[
        list[Endpoint],
        Meta(
            min_length=1,
            description="Endpoints checked before traffic is switched, and through the front door afterwards.",
        ),
    ]
    contacts: Annotated[Contacts, Meta(description="Who is notified.")]
    secrets: Annotated[list[Secret], Meta(description="Secrets the application needs in both regions.")] = []
    caches: Annotated[
        list[Cache],
        Meta(description="ElastiCache groups (Redis or Valkey) whose AUTH token is rotated with their secret."),
    ] = []
    workload: Annotated[
        Literal["existing", "reference"],
        Meta(description="existing: protect your own workload; reference: deploy an example workload to try this on."),
    ] = "existing"
    policy: Annotated[Policy, Meta(description="What may happen without a person's approval.")] = Policy()
    timing: Annotated[Timing, Meta(description="Intervals, and timeouts of single calls.")] = Timing()
    budgets: Annotated[Budgets, Meta(description="Maximum duration of each stage.")] = Budgets()
    observers: Annotated[Observers, Meta(description="What is probed to tell whether a region is up.")] = Observers()
    breach: Annotated[
        Breach | None, Meta(description="Response to a security breach; omitted: findings start nothing.")
    ] = None
    evidence: Annotated[Evidence, Meta(description="What is preserved of a breach, and for how long.")] = Evidence()
    tracing: Annotated[bool, Meta(description="AWS X-Ray traces the functions and the state machines.")] = False

    def database(self, name: str) -> Database:
        """The database with this name. Raises KeyError for a name the plan does not hold."""
        return {database.name: database for database in self.databases}[name]

    def service(self, name: str) -> Service:
        """The service with this name. Raises KeyError for a name the plan does not hold."""
        return {service.name: service for service in self.services}[name]

    def database_of(self, secret: Secret) -> Database:
        """The database a secret's DATABASE_URL points to."""
        return self.databases[0] if secret.database is None else self.database(secret.database)

    def rotatable(self) -> list[Secret]:
        """Secrets with a database login that can change: its database has two app roles, to alternate between."""
        found = [secret for secret in self.secrets if DATABASE_URL in secret.keys]
        return [secret for secret in found if len(self.database_of(secret).app_roles) == ALTERNATING]

    def cache(self, name: str) -> Cache:
        """The cache with this name. Raises KeyError for a name the plan does not hold."""
        return {cache.name: cache for cache in self.caches}[name]

    def renewable(self) -> list[str]:
        """Names of the secrets in which Lyo DR can change something itself: a database login, or a cache's token."""
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
