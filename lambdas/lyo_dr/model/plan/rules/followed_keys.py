"""Keys that follow the active region's copy of a secret: the same in both regions, and no login."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lyo_dr.model.durations import humanize
from lyo_dr.model.near import one_of
from lyo_dr.model.plan import Follow, Plan, Secret
from lyo_dr.model.plan.rules.causes import reads
from lyo_dr.model.plan.shape.twice import twice

_LONGEST = timedelta(days=7)


@reads("secrets[].name", "secrets[].keys", "secrets[].logins", "secrets[].database", "caches")
def rules(plan: Plan) -> Iterator[str]:
    """What may follow, and after how long."""
    for index, secret in enumerate(plan.secrets):
        if secret.follow is not None:
            yield from _follow(f"secrets[{index}].follow", plan, secret, secret.follow)


def _follow(path: str, plan: Plan, secret: Secret, follow: Follow) -> Iterator[str]:
    if not follow.keys:
        yield f"{path}.keys: no key is named; name those with one value for both regions, or leave follow out"
    yield from _keys(f"{path}.keys", plan, secret, follow.keys)
    if follow.after > _LONGEST:
        yield f"{path}.after: {humanize(follow.after)} is too long; write P7D or less"


def _keys(path: str, plan: Plan, secret: Secret, keys: list[str]) -> Iterator[str]:
    for key in twice(keys):
        yield f"{path}: {key!r} is named twice; name it once"
    for key in dict.fromkeys(keys):
        if key not in secret.keys:
            yield f"{path}: {key!r} is not among the keys of {secret.name!r}; {one_of(key, secret.keys)}"
        elif key not in plan.followed(secret):
            yield f"{path}: {key!r} belongs to the database or the cache of its region; leave it out"
