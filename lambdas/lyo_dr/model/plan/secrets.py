"""Secrets of the application, the keys in them that only their issuer can change, and caches."""

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from lyo_dr.model.plan.kinds import CacheGroupId, HttpStatus, PartName, RegionName, SecretName
from lyo_dr.model.plan.part import PlanPart

DATABASE_URL = "DATABASE_URL"
"""The key of an app secret that holds the database's address and login."""


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


class Secret(PlanPart, frozen=True):
    """A secret of the application in AWS Secrets Manager."""

    name: Annotated[SecretName, Meta(description="Name of the secret, the same in both regions.")]
    keys: Annotated[list[str], Meta(description="Keys the secret must hold.")]
    issued: Annotated[
        list[IssuedKey], Meta(description="Keys only their issuer can change; responders are asked for new ones.")
    ] = []
    database: Annotated[
        str | None, Meta(description="Database its DATABASE_URL points to; omitted: the first of the plan.")
    ] = None
    rotate_every: Annotated[
        timedelta | None, Meta(description="Rotation interval of the database login; omitted: on demand only.")
    ] = None


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
