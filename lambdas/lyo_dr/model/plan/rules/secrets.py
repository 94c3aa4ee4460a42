"""Secrets, the database logins in them, and their rotation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import msgspec

from lyo_dr.model.durations import humanize
from lyo_dr.model.near import one_of
from lyo_dr.model.plan import Plan, Secret, SecretLogin
from lyo_dr.model.plan.rules.causes import reads
from lyo_dr.model.plan.shape.twice import twice

_BY_RDS = "rds[!:]"
_MANAGED = "is managed by RDS, which rejects changes; write a secret of your own"


@reads("regions")
def names(plan: Plan) -> Iterator[str]:
    """A secret's names in AWS: in both regions or in neither, none of them managed by RDS or given to two secrets."""
    taken: dict[tuple[str, str], str] = {}
    for index, secret in enumerate(plan.secrets):
        path = f"secrets[{index}].names"
        if secret.names and set(secret.names) != set(plan.regions.pair):
            given = ", ".join(sorted(secret.names))
            yield f"{path}: given for {given}; give it for {' and '.join(sorted(plan.regions.pair))}"
            continue
        for region in plan.regions.pair:
            name = secret.name_in(region)
            if secret.names and re.match(_BY_RDS, name):
                yield f"{path}.{region}: {name!r} {_MANAGED}"
            elif taken.setdefault((region, name), secret.name) != secret.name:
                where = f"{path}.{region}" if secret.names else f"secrets[{index}].name"
                yield f"{where}: {name!r} is the secret {taken[region, name]!r} in {region} already; give each its own"


@reads("databases[].name", "databases[].app_roles")
def secrets(plan: Plan) -> Iterator[str]:
    """References to databases, keys of logins, and what a scheduled rotation needs."""
    for index, secret in enumerate(plan.secrets):
        faults = list(_logins(plan, f"secrets[{index}]", secret))
        yield from faults
        if not faults and secret.rotate_every is not None:
            yield from _rotation(plan, index, secret, secret.rotate_every)


def _logins(plan: Plan, path: str, secret: Secret) -> Iterator[str]:
    if not secret.names and re.match(_BY_RDS, secret.name):
        yield f"{path}.name: {secret.name!r} {_MANAGED}"
    if secret.database is not None and secret.database not in _databases(plan):
        there = one_of(secret.database, _databases(plan))
        yield f"{path}.database: {secret.database!r} is no database of this plan; {there}"
    if secret.database is not None and secret.logins is not None:
        yield f"{path}.database: each of its logins names a database; leave it out"
    for number, login in enumerate(secret.logins or []):
        yield from _login(plan, f"{path}.logins[{number}]", secret, login)
    yield from _apart(path, secret.logins or [])


def _login(plan: Plan, path: str, secret: Secret, login: SecretLogin) -> Iterator[str]:
    if login.database not in _databases(plan):
        there = one_of(login.database, _databases(plan))
        yield f"{path}.database: {login.database!r} is no database of this plan; {there}"
    if [login.url_key, login.format, login.fields].count(None) != 2:
        yield f"{path}: write either url_key, format: rds, or fields"
        return
    for key in login.needed_keys():
        if key not in secret.keys:
            yield f"{path}: {key!r} is not among the keys of {secret.name!r}; add it there, or use one of them"


@reads("databases[].name")
def workload(plan: Plan) -> Iterator[str]:
    """The reference workload has no role of its own, so that it can ask AWS for no token."""
    if plan.workload == "reference":
        for index, secret in enumerate(plan.secrets):
            for number, login in enumerate(secret.logins or []):
                if login.auth == "iam":
                    path = f"secrets[{index}].logins[{number}].auth"
                    yield f"{path}: the reference workload logs in by a password; leave it out"


def _databases(plan: Plan) -> list[str]:
    return [database.name for database in plan.databases]


def _apart(path: str, logins: list[SecretLogin]) -> Iterator[str]:
    keys = [key for login in logins for key in login.needed_keys()]
    for key in twice(keys):
        yield f"{path}.logins: {key!r} belongs to two of them; each login has keys of its own"
    for index, login in enumerate(logins):
        if login.fields is not None:
            for key in twice(msgspec.structs.astuple(login.fields)):
                yield f"{path}.logins[{index}].fields: {key!r} stands for two of them; each has a key of its own"


def _rotation(plan: Plan, index: int, secret: Secret, every: timedelta) -> Iterator[str]:
    if every < timedelta(days=1):
        yield f"secrets[{index}].rotate_every: {humanize(every)} is too often; write P1D or more"
    if secret.name in {cache.secret for cache in plan.caches}:
        return
    why = plan.cannot_rotate(secret)
    if why is not None:
        yield f"secrets[{index}].rotate_every: {why}"
