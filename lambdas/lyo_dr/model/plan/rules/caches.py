"""Caches: the token that is rotated must be the one the application uses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lyo_dr.model.plan import Cache, Plan


def rules(plan: Plan) -> Iterator[str]:
    """Unique names, keys and groups."""
    names = [cache.name for cache in plan.caches]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"caches: the name {name!r} is used twice; give each its own"
    places = [(cache.secret, cache.key) for cache in plan.caches]
    for secret, key in sorted({place for place in places if places.count(place) > 1}):
        yield f"caches: {key} of {secret!r} belongs to two of them; give each cache a key of its own"
    for index, cache in enumerate(plan.caches):
        path = f"caches[{index}]"
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,29}", cache.name):
            yield f"{path}.name: {cache.name!r} becomes part of a label; use up to 30 of a-z, 0-9 and -"
        yield from _key(path, plan, cache)
        yield from _groups(path, plan, cache)


def _key(path: str, plan: Plan, cache: Cache) -> Iterator[str]:
    secret = next((secret for secret in plan.secrets if secret.name == cache.secret), None)
    if secret is None:
        yield f"{path}.secret: {cache.secret!r} is no secret of this plan; use one of its names"
    elif cache.key in {key for login in plan.logins_of(secret) for key in login.needed_keys()}:
        yield f"{path}.key: {cache.key} leads to a database; name the key that holds the cache's URL"
    elif cache.key not in secret.keys:
        yield f"{path}.key: {cache.key!r} is not among the keys of {secret.name!r}; use one of them"
    elif cache.key in {issued.key for issued in secret.issued}:
        yield f"{path}.key: {cache.key!r} is a key that people are asked for; it cannot be both"


def _groups(path: str, plan: Plan, cache: Cache) -> Iterator[str]:
    if set(cache.groups) != set(plan.regions.pair):
        found = ", ".join(sorted(cache.groups)) or "no region"
        yield f"{path}.groups: given for {found}; give it for {' and '.join(sorted(plan.regions.pair))}"
    for region, group in cache.groups.items():
        if not re.fullmatch(r"[a-zA-Z](?:-?[a-zA-Z0-9]){0,39}", group):
            yield f"{path}.groups.{region}: {group!r} is no replication group's id; write one such as lyo-redis"
