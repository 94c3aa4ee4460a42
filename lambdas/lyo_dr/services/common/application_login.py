"""How the application logs in to a database, read from one version of its secret."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.secretsmanager import SqlLogin, read_text, version_text
from lyo_dr.context import StepContext
from lyo_dr.decisions.common.secret_text import Login, login_of, value_of
from lyo_dr.model.plan import DATABASE_URL
from lyo_dr.services.common.sql_login import own_login


def login_in(name: str, region: str, version: str | None) -> Login:
    """Login in one version of a secret, the current one for None. Raises InvalidSecret."""
    text = read_text(name, region) if version is None else version_text(name, region, version)
    return login_of(value_of(text, DATABASE_URL))


def app_login(ctx: StepContext, database: str, login: Login) -> SqlLogin:
    """The same connection as a user of the application."""
    return msgspec.structs.replace(own_login(ctx, database), username=login.user, password=login.password)
