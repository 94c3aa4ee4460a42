"""How the SQL functions log in to a database: as the user of this product, never of the application."""

from __future__ import annotations

from typing import Protocol

import msgspec

from lyo_dr.adapters.aws.secrets import SqlLogin, sql_login
from lyo_dr.doorman import Here


class Place(Protocol):
    """Where an instance answers."""

    @property
    def host(self) -> str:
        """Its name or address."""
        ...

    @property
    def port(self) -> int:
        """Its TCP port."""
        ...


def own_login(here: Here, database: str) -> SqlLogin:
    """To the database as this region's secret has it: where it lives now. Raises what reading the secret raises."""
    return sql_login(here.names.sql_secret(database), here.region)


def own_login_at(here: Here, database: str, place: Place) -> SqlLogin:
    """To another instance of it, such as a restored one: users and passwords are restored, too."""
    return msgspec.structs.replace(own_login(here, database), host=place.host, port=place.port)
