"""Secrets of the application, the keys in them that only their issuer can change, and caches."""

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from lyo_dr.model.plan.kinds import CacheGroupId, HttpStatus, PartName, RegionName, SecretName
from lyo_dr.model.plan.part import PlanPart

DATABASE_URL = "DATABASE_URL"
"""The key of an app secret that holds a database's address and login, where the plan does not say otherwise."""

PLACEHOLDER = "to be filled at onboarding"
"""What the reference workload creates its secrets with: no value."""


_ABOUT = ("dbname", "engine")
"""Secrets Manager user guide, "JSON structure of AWS Secrets Manager database credential secrets"."""


class KeyTest(PlanPart, frozen=True):
    """A request to the issuer that tells whether a key is valid, and changes nothing.

    A status that is neither accepted nor refused leaves it open.
    """

    url: Annotated[str, Meta(description="URL of the request; https.")]
    header: Annotated[str, Meta(description="HTTP header that carries the key; {key} is replaced.")] = (
        "Authorization: Bearer {key}"
    )
    method: Annotated[Literal["GET", "HEAD", "POST"], Meta(description="HTTP method.")] = "GET"
    accepted: Annotated[list[HttpStatus], Meta(description="HTTP statuses of a valid key.")] = msgspec.field(
        default_factory=lambda: [200]
    )
    refused: Annotated[
        list[HttpStatus], Meta(description="HTTP statuses of an invalid key; any other status leaves it open.")
    ] = msgspec.field(default_factory=lambda: [401, 403])


class IssuedKey(PlanPart, frozen=True):
    """A key of an app secret that its issuer gives out; only a person can replace it."""

    key: Annotated[str, Meta(description="One of the keys of the secret.")]
    issuer: Annotated[str, Meta(description="Issuer of the key, as responders know it.")]
    create: Annotated[str, Meta(description="Instructions for creating a new key, with the URL.")]
    revoke: Annotated[str, Meta(description="Instructions for revoking the former key, with the URL.")]
    test: Annotated[KeyTest, Meta(description="Request that tells whether a key is valid, and changes nothing.")]


class LoginFields(PlanPart, frozen=True):
    """The keys of a login that is stored in parts. The defaults are the names AWS uses.

    Secrets Manager user guide, "JSON structure of AWS Secrets Manager database credential secrets".
    """

    host: Annotated[str, Meta(description="Key of the host name.")] = "host"
    port: Annotated[str, Meta(description="Key of the port; without it in the secret, the port is 5432.")] = "port"
    username: Annotated[str, Meta(description="Key of the user.")] = "username"
    password: Annotated[str, Meta(description="Key of the password.")] = "password"  # noqa: S105 - a key's name
    instance: Annotated[
        str, Meta(description="Key of the instance's identifier; changed with the host where the secret has it.")
    ] = "dbInstanceIdentifier"


class SecretLogin(PlanPart, frozen=True):
    """A database login in a secret: an address under one key, or its parts under several."""

    database: Annotated[str, Meta(description="Database it leads to.")]
    url_key: Annotated[
        str | None, Meta(description="Key of the address: postgresql://..., jdbc:postgresql://... or host=... user=...")
    ] = None
    format: Annotated[
        Literal["rds"] | None, Meta(description="rds: host, port, username and password under the keys AWS gives them.")
    ] = None
    fields: Annotated[
        LoginFields | None, Meta(description="The same parts under other keys, such as {host: DB_HOST, ...}.")
    ] = None

    auth: Annotated[
        Literal["password", "iam"],
        Meta(description="iam: the application asks AWS for a token instead of a password; nothing is rotated."),
    ] = "password"

    def parts(self) -> LoginFields:
        """The keys of its parts; meaningless for an address under one key."""
        return self.fields or LoginFields()

    def credential_keys(self) -> list[str]:
        """The keys a rotation changes; none of a login without a password."""
        if self.auth == "iam":
            return []
        parts = self.parts()
        return [self.url_key] if self.url_key is not None else [parts.username, parts.password]

    def location_keys(self) -> list[str]:
        """The keys that only tell where the database is, what it is, and, without a password, for whom."""
        parts = self.parts()
        if self.auth == "iam":
            found = [self.url_key] if self.url_key is not None else [parts.username, parts.host, parts.port]
            return found if self.url_key is not None else [*found, parts.instance, *_ABOUT]
        return [] if self.url_key is not None else [parts.host, parts.port, parts.instance, *_ABOUT]

    def needed_keys(self) -> list[str]:
        """The keys a secret needs for it."""
        parts = self.parts()
        if self.url_key is not None:
            return [self.url_key]
        return [parts.host, parts.username, *([parts.password] if self.auth == "password" else [])]


class Follow(PlanPart, frozen=True):
    """Keys that the standby brings from the active region's copy of a secret when they change there."""

    keys: Annotated[
        list[str], Meta(description="Keys with the same value in both regions; no login, and no URL of a region's own.")
    ]
    after: Annotated[
        timedelta,
        Meta(description="How long a change has to stand before it is brought; until then it can be undone."),
    ] = timedelta(minutes=15)


class Secret(PlanPart, frozen=True):
    """A secret of the application in AWS Secrets Manager."""

    name: Annotated[
        SecretName, Meta(description="Name of the secret in messages, and in AWS unless names says otherwise.")
    ]
    keys: Annotated[list[str], Meta(description="Keys the secret must hold.")]
    names: Annotated[
        dict[RegionName, SecretName], Meta(description="By region: its name in AWS, where the regions' names differ.")
    ] = {}
    issued: Annotated[
        list[IssuedKey], Meta(description="Keys only their issuer can change; responders are asked for new ones.")
    ] = []
    logins: Annotated[
        list[SecretLogin] | None,
        Meta(
            description="Database logins in it; omitted: the one under DATABASE_URL, "
            "or under host, username and password, as AWS stores it."
        ),
    ] = None
    database: Annotated[
        str | None, Meta(description="Database the login points to if logins are omitted; the first of the plan.")
    ] = None
    rotate_every: Annotated[
        timedelta | None, Meta(description="Rotation interval of the database logins; omitted: on demand only.")
    ] = None

    follow: Annotated[
        Follow | None,
        Meta(description="Keys the standby brings from the active region's copy; omitted: people write each copy."),
    ] = None

    def name_in(self, region: str) -> str:
        """What AWS calls it in a region."""
        return self.names.get(region, self.name)

    def found_logins(self, first: str) -> list[SecretLogin]:
        """Its database logins; ``first`` is the plan's first database."""
        if self.logins is not None:
            return self.logins
        database = self.database or first
        if DATABASE_URL in self.keys:
            return [SecretLogin(database=database, url_key=DATABASE_URL)]
        rds = SecretLogin(database=database, format="rds")
        return [rds] if set(rds.needed_keys()) <= set(self.keys) else []


def environment_of(secret: Secret, login: SecretLogin) -> dict[str, str]:
    """By environment variable, the key of the secret a task of the reference workload is started with.

    libpq reads the PG variables itself (PostgreSQL documentation, "Environment Variables").
    """
    if login.url_key is not None:
        return {"DATABASE_URL": login.url_key}
    parts = login.parts()
    named = {
        "PGHOST": parts.host,
        "PGPORT": parts.port,
        "PGUSER": parts.username,
        "PGPASSWORD": parts.password,
        "PGDATABASE": "dbname",
    }
    return {name: key for name, key in named.items() if key in secret.keys}


class Cache(PlanPart, frozen=True):
    """One ElastiCache replication group per region, whose AUTH token is part of the URL under ``key`` of ``secret``.

    Groups are regional: each has a token of its own, and each region's copy of the secret holds its region's.
    """

    name: Annotated[PartName, Meta(description="Name of the cache in messages.")]
    secret: Annotated[str, Meta(description="Secret that holds its URL.")]
    key: Annotated[str, Meta(description="Key of that secret with the URL: rediss://:token@host:port/0.")]
    groups: Annotated[
        dict[RegionName, CacheGroupId], Meta(description="By region: id of the ElastiCache replication group.")
    ]
