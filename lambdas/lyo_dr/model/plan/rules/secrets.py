"""Secrets, and the rotation of the database login in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lyo_dr.model.durations import humanize
from lyo_dr.model.plan import ALTERNATING, DATABASE_URL, Plan, Secret
from lyo_dr.model.plan.rules.causes import reads
from lyo_dr.model.plan.rules.near import one_of


@reads("databases[].name", "databases[].app_roles")
def secrets(plan: Plan) -> Iterator[str]:
    """References to databases, and what a scheduled rotation needs."""
    names = [database.name for database in plan.databases]
    for index, secret in enumerate(plan.secrets):
        if secret.database is not None and secret.database not in names:
            there = one_of(secret.database, names)
            yield f"secrets[{index}].database: {secret.database!r} is no database of this plan; {there}"
        elif secret.rotate_every is not None:
            yield from _rotation(plan, index, secret)


def _rotation(plan: Plan, index: int, secret: Secret) -> Iterator[str]:
    if secret.rotate_every is not None and secret.rotate_every < timedelta(days=1):
        yield f"secrets[{index}].rotate_every: {humanize(secret.rotate_every)} is too often; write P1D or more"
    if secret.name in {cache.secret for cache in plan.caches}:
        return
    if DATABASE_URL not in secret.keys:
        yield f"secrets[{index}].rotate_every: only a DATABASE_URL is rotated, and {secret.name!r} has none"
    elif len(plan.database_of(secret).app_roles) != ALTERNATING:
        yield (
            f"secrets[{index}].rotate_every: the login alternates between two users; "
            f"give the database {plan.database_of(secret).name!r} two app_roles"
        )
