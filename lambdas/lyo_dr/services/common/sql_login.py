"""How the SQL functions log in to a database: as the user of this product, never of the application."""

from __future__ import annotations

from typing import Protocol

import msgspec

from lyo_dr.adapters.aws.secretsmanager import SqlLogin, sql_login
from lyo_dr.context import StepContext


class Endpoint(Protocol):
    """Where an instance answers."""

    @property
    def host(self) -> str:
        """Its name or address."""
        ...

    @property
    def port(self) -> int:
        """Its TCP port."""
        ...


def own_login(ctx: StepContext, database: str) -> SqlLogin:
    """To the database as this region's secret has it: where it lives now. Raises what reading the secret raises."""
    return sql_login(ctx.names.sql_secret(database), ctx.region)


def own_login_at(ctx: StepContext, database: str, place: Endpoint) -> SqlLogin:
    """To another instance of it, such as a restored one: users and passwords are restored, too."""
    return msgspec.structs.replace(own_login(ctx, database), host=place.host, port=place.port)
