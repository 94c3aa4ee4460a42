"""The whole plan, and its canonical form."""

import hashlib
from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from lyo_dr.model.issuer import KeyName
from lyo_dr.model.plan.breach import Breach, Evidence
from lyo_dr.model.plan.databases import ALTERNATING, Database
from lyo_dr.model.plan.deployment import Deployment
from lyo_dr.model.plan.hooks import Hook, HookStage
from lyo_dr.model.plan.kinds import AccountId, PlanName, RegionName
from lyo_dr.model.plan.part import PlanPart
from lyo_dr.model.plan.policy import Contacts, Objectives, Policy
from lyo_dr.model.plan.regions import Network, Observers, Regions
from lyo_dr.model.plan.residency import Residency
from lyo_dr.model.plan.secrets import Cache, IssuedKey, Secret, SecretLogin
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
    databases: Annotated[list[Database], Meta(min_length=1, description="Databases, and how each recovers.")]
    services: Annotated[list[Service], Meta(min_length=1, description="ECS services, scaled up on failover.")]
    traffic: Annotated[
        Traffic | Annotated[list[Traffic], Meta(min_length=1)],
        Meta(description="How user traffic is switched to the other region: one DNS name, or a list of them."),
    ]
    contacts: Annotated[Contacts, Meta(description="Who is notified.")]
    endpoints: Annotated[
        list[Endpoint],
        Meta(
            description="Endpoints of every service that names none of its own; checked before traffic is switched, "
            "and through the front door afterwards."
        ),
    ] = []
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
    hooks: Annotated[
        list[Hook], Meta(description="Functions and state machines of yours, called at stages of a recovery.")
    ] = []
    tracing: Annotated[bool, Meta(description="AWS X-Ray traces the functions and the state machines.")] = False
    deployment: Annotated[
        Deployment, Meta(description="Tags, boundary, path, retention and keys of the product's own resources.")
    ] = Deployment()
    residency: Annotated[Residency | None, Meta(description="Where data may be; omitted: nothing is checked.")] = None

    def database(self, name: str) -> Database:
        """The database with this name. Raises KeyError for a name the plan does not hold."""
        return {database.name: database for database in self.databases}[name]

    def databases_in(self, region: str) -> list[Database]:
        """The databases that are in a region, or come there in a failover: all but those left in the other one."""
        return [database for database in self.databases if not database.is_left_by(region)]

    def recovered(self) -> list[Database]:
        """The databases that a failover recovers, in either direction: all but those that stay where they are."""
        return [database for database in self.databases if database.way != "leave"]

    def left_by(self, region: str) -> list[Database]:
        """The databases that a failover to ``region`` leaves behind."""
        return [database for database in self.databases if database.is_left_by(region)]

    def replicated(self) -> list[Database]:
        """The databases that have a replica in the other region."""
        return [database for database in self.databases if database.has_replica]

    def hook(self, name: str) -> Hook:
        """The hook with this name. Raises KeyError for a name the plan does not hold."""
        return {hook.name: hook for hook in self.hooks}[name]

    def hooks_at(self, stage: HookStage) -> list[Hook]:
        """The hooks of a stage, in their order."""
        return [hook for hook in self.hooks if hook.stage == stage]

    def rpo_of(self, database: Database) -> timedelta:
        """The recovery point objective of a database: its own, or that of the plan."""
        return self.objectives.rpo if database.rpo is None else database.rpo

    def service(self, name: str) -> Service:
        """The service with this name. Raises KeyError for a name the plan does not hold."""
        return {service.name: service for service in self.services}[name]

    def endpoints_of(self, service: Service) -> list[Endpoint]:
        """The endpoints that validate a service: its own, or those of every service."""
        return self.endpoints if service.endpoints is None else service.endpoints

    def fronts(self) -> list[Traffic]:
        """The DNS names of users, as the plan lists them."""
        return self.traffic if isinstance(self.traffic, list) else [self.traffic]

    def main_front(self) -> Traffic:
        """The first name that traffic waits for, for whoever shows or uses one of them; it decides nothing."""
        return next((front for front in self.fronts() if self.is_critical(front)), self.fronts()[0])

    def is_critical(self, front: Traffic) -> bool:
        """Whether an incident waits until a name has moved: a service that traffic waits for is behind it."""
        return bool(self.critical_behind(front))

    def critical_behind(self, front: Traffic) -> list[Service]:
        """The services behind a name that traffic waits for."""
        return [service for service in self.services_behind(front) if _answers_users(service)]

    def services_behind(self, front: Traffic) -> list[Service]:
        """The services that answer behind a name: those it names, or the only one that can be meant."""
        named = front.named_services()
        return [self.service(name) for name in named] if named else self.front_services()

    def front_service(self) -> Service:
        """The first service behind the main name that traffic waits for."""
        return self.critical_behind(self.main_front())[0]

    def front_services(self) -> list[Service]:
        """The services that may be meant where a name names none; the order of the list never decides."""
        return [service for service in self.services if _answers_users(service)]

    def watched_services(self) -> list[Service]:
        """The services whose silence may mean a lost region: those that traffic waits for behind any name."""
        behind = {each.name: each for front in self.fronts() for each in self.critical_behind(front)}
        return list(behind.values())

    def front_label(self) -> str:
        """All names, for messages."""
        return ", ".join(front.name for front in self.fronts())

    def stopping_order(self) -> list[Service]:
        """The services in the order in which they are stopped: those first that say so, then the others."""
        return sorted(self.services, key=lambda service: not service.stop_first)

    def database_behind(self, service: Service) -> Database:
        """The database a service reports about."""
        if service.database is not None:
            return self.database(service.database)
        (database,) = self.reported_databases()
        return database

    def reported_databases(self) -> list[Database]:
        """The databases that may be meant where a service names none."""
        if len(self.databases) == 1:
            return self.databases
        return [database for database in self.databases if database.critical]

    def secret(self, name: str) -> Secret:
        """The secret with this name. Raises KeyError for a name the plan does not hold."""
        return {secret.name: secret for secret in self.secrets}[name]

    def secret_in(self, name: str, region: str) -> str:
        """What AWS calls a secret in a region; a name the plan does not hold stands for itself."""
        return next((secret.name_in(region) for secret in self.secrets if secret.name == name), name)

    def logins_of(self, secret: Secret) -> list[SecretLogin]:
        """The database logins in a secret."""
        return secret.found_logins(self.databases[0].name if self.databases else "")

    def logins_to(self, database: str) -> list[tuple[Secret, SecretLogin]]:
        """Every login of the application that leads to this database, with the secret that holds it."""
        found = [(secret, login) for secret in self.secrets for login in self.logins_of(secret)]
        return [(secret, login) for secret, login in found if login.database == database]

    def with_logins(self) -> list[Secret]:
        """Secrets that hold a database login, with a password or without."""
        return [secret for secret in self.secrets if self.logins_of(secret)]

    def passwords_of(self, secret: Secret) -> list[SecretLogin]:
        """The database logins in a secret that have a password."""
        return [login for login in self.logins_of(secret) if login.auth == "password"]

    def with_passwords(self) -> list[Secret]:
        """Secrets that hold a database login with a password."""
        return [secret for secret in self.secrets if self.passwords_of(secret)]

    def login_keys(self, secret: Secret) -> list[KeyName]:
        """Keys of its logins that nobody has to see to: changed by a rotation, or only telling where a database is."""
        rotated = self.cannot_rotate(secret) is None
        found = [
            key
            for login in self.logins_of(secret)
            for key in [*(login.credential_keys() if rotated else []), *login.location_keys()]
        ]
        return [KeyName(secret.name, key) for key in found]

    def rotatable(self) -> list[Secret]:
        """Secrets whose database logins can change."""
        return [secret for secret in self.with_passwords() if self.cannot_rotate(secret) is None]

    def not_rotatable(self) -> dict[str, str]:
        """By name, why the database logins of the other secrets that have one cannot change."""
        found = {secret.name: self.cannot_rotate(secret) for secret in self.with_logins()}
        return {name: why for name, why in found.items() if why is not None}

    def cannot_rotate(self, secret: Secret) -> str | None:
        """Why the database logins of a secret cannot change, and what to write instead; None if they can."""
        logins = self.logins_of(secret)
        if not logins:
            return "holds no database login; name its keys under logins"
        logins = self.passwords_of(secret)
        if not logins:
            return "it has no password: the application logs in by IAM authentication"
        for name in dict.fromkeys(login.database for login in logins):
            if len(self.database(name).app_roles) != ALTERNATING:
                return f"the login alternates between two users; give the database {name!r} two app_roles"
            sharing = list(dict.fromkeys(each.name for each, one in self.logins_to(name) if one.auth == "password"))
            if len(sharing) > 1:
                return (
                    f"{' and '.join(map(repr, sharing))} log in to {name!r}, and each rotation would lock the other "
                    "out; keep its login in one secret"
                )
        return None

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

    def by_hand(self) -> list[KeyName]:
        """Every key of a secret that nothing here replaces: no login and no token of ours, and no issuer is asked."""
        ours = [name for secret in self.secrets for name in self.login_keys(secret)]
        ours += [KeyName(cache.secret, cache.key) for cache in self.caches]
        known = {*ours, *self.issued()}
        found = [KeyName(secret.name, key) for secret in self.secrets for key in secret.keys]
        return [name for name in found if name not in known]

    def followed(self, secret: Secret) -> list[str]:
        """Keys of a secret that follow the active region's copy; never part of a login, never a cache's token."""
        ours = {cache.key for cache in self.caches if cache.secret == secret.name}
        for login in self.logins_of(secret):
            ours |= {*login.needed_keys(), *login.credential_keys(), *login.location_keys()}
        return [key for key in (secret.follow.keys if secret.follow is not None else []) if key not in ours]

    def following(self) -> list[Secret]:
        """Secrets with keys that follow."""
        return [secret for secret in self.secrets if self.followed(secret)]

    def to_json(self) -> str:
        """The canonical form: same plan, same bytes. A part that says nothing is left out, so that a plan without it
        keeps the digest it had before there was such a part."""
        whole = msgspec.to_builtins(self, order="deterministic")
        if self.deployment == Deployment():
            del whole["deployment"]
        if self.residency is None:
            del whole["residency"]
        return msgspec.json.encode(whole).decode()

    def digest(self) -> str:
        """SHA-256 over the canonical form, first 12 characters; recorded on every incident."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]


def _answers_users(service: Service) -> bool:
    return service.critical and service.listens and not service.runs_once


def plan_from_json(text: str) -> Plan:
    """Read the canonical form back. Raises msgspec.ValidationError, which a published plan never does."""
    return msgspec.json.decode(text, type=Plan)
