"""Secrets Manager: reading the one secret of a SQL function."""

from __future__ import annotations

import msgspec

from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.errors import CallRefused


class SqlLogin(msgspec.Struct, frozen=True):
    """How a SQL function reaches a database. ``ca`` is a PEM bundle; with it the server is verified."""

    host: str
    port: int
    username: str
    password: str
    dbname: str
    tls: bool = True
    ca: str | None = None

    def __repr__(self) -> str:
        """Never the password: a login may end up in an exception or a log."""
        return f"SqlLogin({self.username}@{self.host}:{self.port}/{self.dbname})"


def sql_login(name: str, region: str) -> SqlLogin:
    """The current version of a database login. Raises NotFound, AccessRefused, CallRefused."""
    with calling(f"reading secret {name} in {region}"):
        answer = client("secretsmanager", region).get_secret_value(SecretId=name, VersionStage="AWSCURRENT")
    try:
        return msgspec.json.decode(answer["SecretString"], type=SqlLogin)
    except (msgspec.DecodeError, KeyError):
        # Without "from": the original message may quote a part of the secret.
        raise CallRefused(
            f"secret {name} in {region} is not a login; store host, port, username, password and dbname as JSON"
        ) from None


def read_text(name: str, region: str) -> str | None:
    """The current version of a secret as it was written; None when it is binary. Raises NotFound, AccessRefused."""
    with calling(f"reading secret {name} in {region}"):
        answer = client("secretsmanager", region).get_secret_value(SecretId=name, VersionStage="AWSCURRENT")
    text: str | None = answer.get("SecretString")
    return text


def write_text(name: str, region: str, text: str, token: str) -> None:
    """A new current version; the one before stays as AWSPREVIOUS.

    The same token with the same text changes nothing (Secrets Manager API reference, PutSecretValue).
    """
    with calling(f"writing secret {name} in {region}"):
        client("secretsmanager", region).put_secret_value(SecretId=name, SecretString=text, ClientRequestToken=token)


def read_previous(name: str, region: str) -> str | None:
    """The version before the current one, as it was written."""
    with calling(f"reading secret {name} in {region}"):
        answer = client("secretsmanager", region).get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")
    text: str | None = answer.get("SecretString")
    return text
