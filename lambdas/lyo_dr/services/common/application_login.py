"""How the application logs in to its databases, read from one version of its secret."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.secretsmanager import SqlLogin, read_text, version_text
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.addresses.database_address import Login
from lyo_dr.decisions.common.addresses.secret_logins import read_logins, users_in
from lyo_dr.errors import InvalidSecret
from lyo_dr.model.plan import Plan
from lyo_dr.services.common.sql_login import own_login


def logins_in(plan: Plan, name: str, region: str, version: str | None) -> dict[str, Login]:
    """By database, the logins in one version of a secret, the current one for None. Raises InvalidSecret."""
    here = plan.secret_in(name, region)
    text = read_text(here, region) if version is None else version_text(here, region, version)
    return read_logins(text, plan.passwords_of(plan.secret(name)))


def login_in(plan: Plan, name: str, database: str, region: str, version: str | None) -> Login:
    """Login to one database in one version of a secret, the current one for None. Raises InvalidSecret."""
    found = logins_in(plan, name, region, version).get(database)
    if found is None:
        raise InvalidSecret(f"secret {name} holds no login to {database}; name it in the plan, under logins")
    return found


def logins_to(plan: Plan, database: str, region: str) -> list[Login]:
    """Every current login of the application to this database that has a password. Raises InvalidSecret."""
    found = dict[str, list[Login]]()
    for secret, login in plan.logins_to(database):
        if login.auth == "iam":
            continue
        found.setdefault(secret.name, []).extend(users_in(read_text(secret.name_in(region), region), [login]))
    return [login for logins in found.values() for login in logins]


def app_login(ctx: StepContext, database: str, login: Login) -> SqlLogin:
    """The same connection as a user of the application."""
    return msgspec.structs.replace(own_login(ctx, database), username=login.user, password=login.password)
