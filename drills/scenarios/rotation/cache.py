"""A cache whose token is rotated, and connections that hold the old token."""

from __future__ import annotations

import contextlib
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import redis

from drills.engine.context import DrillContext
from drills.scenarios.rotation import findings, rotation

_SECONDS = 5.0
_HELD = "held"


def hold_connections(ctx: DrillContext) -> None:
    """Open a connection with the current token to every cache, and keep it."""
    ctx.notes[_HELD] = {place: _connected(url) for place, url in _urls(ctx).items()}
    ctx.notes["tokens"] = set(_urls(ctx).values())


def rotate_refused(ctx: DrillContext) -> float:
    """An operator asks for a rotation, and the standby's cache refuses its new token."""
    refused = {"service": "elasticache", "op": "ModifyReplicationGroup", "region": ctx.secondary, "kind": "refuse"}
    ctx.world.aws.set_faults([refused])
    return rotation.rotate(ctx)


def collect(ctx: DrillContext) -> dict[str, Any]:
    """Findings of the rotation; each cache's answer to every token there was; held connections; the app's health."""
    former, now = ctx.notes.pop("tokens"), _urls(ctx)
    held = ctx.notes.pop(_HELD)
    return {
        "new tokens": _told({place: _answer(url) for place, url in now.items()}),
        "old tokens": _told({place: _answer(old) for place, url in now.items() for old in former if _same(old, url)}),
        "changed": str(sum(url not in former for url in now.values())),
        "held connections": _told({place: _still(connection) for place, connection in held.items()}),
        "the app": _ready(ctx)["redis"],
        "kept bookings": "some" if _kept(now[next(iter(now))]) else "none",
        **findings.collect(ctx),
    }


def _urls(ctx: DrillContext) -> dict[str, str]:
    """The address with the token of every cache, by its name and region."""
    return {
        f"{cache.name} in {region}": json.loads(findings.current(ctx, cache.secret, region))[cache.key]
        for cache in ctx.world.plan.caches
        for region in ctx.pair
    }


def _connected(url: str) -> Any:
    connection: Any = redis.Redis.from_url(url, socket_timeout=_SECONDS).connection_pool.make_connection()
    connection.connect()
    return connection


def _answer(url: str) -> str:
    try:
        _connected(url).disconnect()
    except redis.AuthenticationError:
        return "refused"
    except redis.RedisError as error:
        return type(error).__name__
    return "accepted"


def _still(connection: Any) -> str:
    """Whether a connection of before answers; it is not made again."""
    try:
        connection.send_command("PING", check_health=False)
        return bytes(connection.read_response()).decode()
    except (redis.ConnectionError, OSError):
        return "ended"


def _kept(url: str) -> int:
    with contextlib.closing(redis.Redis.from_url(url, socket_timeout=_SECONDS)) as client:
        return len(client.keys("booking:*"))


def _ready(ctx: DrillContext) -> dict[str, Any]:
    service = ctx.world.plan.services[0]
    url = service.ready_url(ctx.primary)
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310 - loopback
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.HTTPError as refusal:
        return dict(json.load(refusal))


def _same(one: str, other: str) -> bool:
    return urlsplit(one).port == urlsplit(other).port


def _told(found: dict[str, str]) -> str:
    """One word where all are the same."""
    return ", ".join(sorted(set(found.values()))) or "none"
