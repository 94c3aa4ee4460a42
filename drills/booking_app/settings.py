"""What the app is started with: one frozen value, read from the environment once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


class SettingMissing(Exception):
    """A required environment variable is absent or nonsense; the message names it."""


@dataclass(frozen=True)
class Settings:
    """The start parameters of the app; ``redis_url`` is None where there is no Redis.

    ``database_url`` is empty where libpq reads the place and the login from PGHOST, PGUSER and the like.
    """

    port: int
    region: str
    database_url: str
    redis_url: str | None
    version: str

    def __repr__(self) -> str:
        """Never the URLs: they hold passwords."""
        return f"Settings(port={self.port}, region={self.region}, version={self.version})"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Self:
        """Read PORT, AWS_REGION, DATABASE_URL, REDIS_URL and APP_VERSION; raises SettingMissing."""
        port = _required(env, "PORT")
        if not port.isdigit():
            raise SettingMissing("PORT is not a number")
        return cls(
            port=int(port),
            region=_required(env, "AWS_REGION"),
            database_url=_database(env),
            redis_url=env.get("REDIS_URL") or None,
            version=env.get("APP_VERSION") or "unknown",
        )


def _database(env: Mapping[str, str]) -> str:
    return "" if env.get("PGHOST") and env.get("PGUSER") else _required(env, "DATABASE_URL")


def _required(env: Mapping[str, str], name: str) -> str:
    value = env.get(name)
    if not value:
        raise SettingMissing(f"{name} is not set")
    return value
