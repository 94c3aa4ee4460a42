"""Caches: the token that is rotated must be the one the application uses."""

from __future__ import annotations

from collections.abc import Iterator

from lyo_dr.model.near import one_of
from lyo_dr.model.plan import Cache, Plan
from lyo_dr.model.plan.rules.causes import reads
from lyo_dr.model.plan.shape.twice import twice


@reads("regions", "secrets[].name", "secrets[].keys")
def rules(plan: Plan) -> Iterator[str]:
    """Unique names, keys and groups."""
    names = [cache.name for cache in plan.caches]
    for name in twice(names):
        yield f"caches: the name {name!r} is used twice; give each its own"
    places = [(cache.secret, cache.key) for cache in plan.caches]
    for secret, key in twice(places):
        yield f"caches: {key} of {secret!r} belongs to two of them; give each cache a key of its own"
    for index, cache in enumerate(plan.caches):
        path = f"caches[{index}]"
        yield from _key(path, plan, cache)
        yield from _groups(path, plan, cache)


def _key(path: str, plan: Plan, cache: Cache) -> Iterator[str]:
    names = [each.name for each in plan.secrets]
    secret = next((secret for secret in plan.secrets if secret.name == cache.secret), None)
    if secret is None:
        yield f"{path}.secret: {cache.secret!r} is no secret of this plan; {one_of(cache.secret, names)}"
    elif cache.key in {key for login in plan.logins_of(secret) for key in login.needed_keys()}:
        yield f"{path}.key: {cache.key} leads to a database; name the key that holds the cache's URL"
    elif cache.key not in secret.keys:
        yield f"{path}.key: {cache.key!r} is not among the keys of {secret.name!r}; {one_of(cache.key, secret.keys)}"
    elif cache.key in {issued.key for issued in secret.issued}:
        yield f"{path}.key: {cache.key!r} is a key that people are asked for; it cannot be both"


def _groups(path: str, plan: Plan, cache: Cache) -> Iterator[str]:
    if set(cache.groups) != set(plan.regions.pair):
        found = ", ".join(sorted(cache.groups)) or "no region"
        yield f"{path}.groups: given for {found}; give it for {' and '.join(sorted(plan.regions.pair))}"
