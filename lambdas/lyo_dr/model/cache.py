"""AUTH tokens of caches while they are rotated; the caches themselves are in ``plan/secrets.py``."""

from __future__ import annotations

from typing import Literal

import msgspec

NEW_TOKEN = "LYODR_TOKEN_"  # noqa: S105 - a label, not a token
"""How the label of a staged token begins; the cache's name follows. The version holds that key alone and never becomes
current, so nothing reads it but the rotation."""

FORMER_TOKEN = "LYODR_FORMER_"  # noqa: S105 - a label, not a token
"""How the label of the version with the former token begins. While it is there, that token was not proven dead."""


class CacheUrl(msgspec.Struct, frozen=True, kw_only=True):
    """Address of a cache, and its AUTH token."""

    host: str
    port: int
    tls: bool
    token: str

    def __repr__(self) -> str:
        """Neither token nor host, which is a part of the token where a person has mixed them up."""
        return f"CacheUrl({self.port})"


class TokenPlace(msgspec.Struct, frozen=True):
    """The token of one cache in one region."""

    cache: str
    region: str

    def __str__(self) -> str:
        return f"{self.cache} in {self.region}"


class StagedToken(msgspec.Struct, frozen=True, kw_only=True):
    """Where the new token lies: the id of a version, never the token. ``finish``: it is the current one already."""

    place: TokenPlace
    kind: Literal["begin", "go_on", "finish"]
    version: str
    sentence: str


class CacheGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A replication group as ElastiCache describes it. ``nodes`` as host:port; none in cluster mode."""

    status: str
    pending: str = ""
    nodes: list[str] = []

    @property
    def settled(self) -> bool:
        """Whether the group is stable, with no modification pending."""
        return self.status == "available" and not self.pending


class SessionsEnded(msgspec.Struct, frozen=True, kw_only=True):
    """Number of connections to a cache that were closed."""

    ended: int
