"""The database login of the application in a rehearsal, in whatever form the plan says its secret holds it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from psycopg.conninfo import make_conninfo

from lyo_dr.model.plan import Plan, Secret, SecretLogin

UNUSED = "not used in a rehearsal"


_SETTLED = timedelta(seconds=2)
"""How long a change of a key that follows stands in a rehearsal, whose schedules run faster, too."""


def rehearsed_secret(secret: Secret) -> Secret:
    """The secret with passwords where the application would ask AWS for a token: no laptop gives one out."""
    logins = secret.logins and [msgspec.structs.replace(login, auth="password") for login in secret.logins]
    needed = [key for login in logins or [] for key in login.needed_keys()]
    keys = list(dict.fromkeys([*secret.keys, *needed]))
    follow = secret.follow and msgspec.structs.replace(secret.follow, after=_SETTLED)
    return msgspec.structs.replace(secret, logins=logins, keys=keys, follow=follow)


def app_login(plan: Plan) -> tuple[Secret, SecretLogin]:
    """The first one that leads to the first database: the one tasks are started with. Raises StopIteration."""
    return next(iter(plan.logins_to(plan.databases[0].name)))


def connection_string(held: dict[str, Any], login: SecretLogin) -> str:
    """What psycopg connects with, of a secret's values; empty where the login was not filled in yet."""
    if login.url_key is not None:
        url = held.get(login.url_key, "")
        return url if "://" in url else ""
    parts = login.parts()
    if " " in str(held.get(parts.host, " ")):
        return ""
    return make_conninfo(
        host=held[parts.host],
        port=held.get(parts.port, 5432),
        user=held[parts.username],
        password=held[parts.password],
        dbname=held.get("dbname"),
    )


def login_values(secret: Secret, login: SecretLogin, url: str, at: dict[str, Any]) -> dict[str, Any]:
    """The values a secret gets for one login; ``at`` holds host, port, username, password and dbname."""
    if login.url_key is not None:
        return {login.url_key: url}
    parts = login.parts()
    named = {
        parts.host: at["host"],
        parts.port: at["port"],
        parts.username: at["username"],
        parts.password: at["password"],
        "dbname": at["dbname"],
        "engine": "postgres",
    }
    return {key: value for key, value in named.items() if key in secret.keys}
