"""Secrets Manager: the login of a SQL function, and the versions of an app secret with their labels."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.errors import AwsCallFailed

_HOST = re.compile(r"[A-Za-z0-9._:-]+")


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
    """The current version of a database login. Raises NotFound, AccessDenied, AwsCallFailed."""
    with calling(f"reading secret {name} in {region}"):
        answer = client("secretsmanager", region).get_secret_value(SecretId=name, VersionStage="AWSCURRENT")
    try:
        login = msgspec.json.decode(answer["SecretString"], type=SqlLogin)
    except (msgspec.DecodeError, KeyError, ValueError):
        # Without "from": the original message may quote a part of the secret.
        raise AwsCallFailed(
            f"secret {name} in {region} is not a login; store host, port, username, password and dbname as JSON"
        ) from None
    if not _HOST.fullmatch(login.host):
        # Messages name the host; what else may stand there, such as a URL, holds a password.
        raise AwsCallFailed(f"host in secret {name} in {region} is no host name; write it without port and path")
    return login


class Labels(msgspec.Struct, frozen=True):
    """The version id of each label. ``rotated_by`` is the function Secrets Manager itself rotates the secret with."""

    versions: dict[str, str]
    rotated_by: str | None
    primary: str | None = None
    """The region of its primary, where Secrets Manager replicates it (API reference, DescribeSecret)."""
    replicas: list[str] = []


def labels(name: str, region: str) -> Labels:
    """Which version carries which label; a label is on one version at most. Raises NotFound, AccessDenied."""
    with calling(f"describing secret {name} in {region}"):
        answer = client("secretsmanager", region).describe_secret(SecretId=name)
    found = answer.get("VersionIdsToStages") or {}
    return Labels(
        versions={label: version for version, stages in found.items() for label in stages},
        rotated_by=answer.get("RotationLambdaARN") if answer.get("RotationEnabled") else None,
        primary=answer.get("PrimaryRegion"),
        replicas=[each["Region"] for each in answer.get("ReplicationStatus") or []],
    )


def version_text(name: str, region: str, version: str) -> str | None:
    """One version as it was written; None when it is binary. Raises NotFound, AccessDenied."""
    with calling(f"reading secret {name} in {region}"):
        answer = client("secretsmanager", region).get_secret_value(SecretId=name, VersionId=version)
    text: str | None = answer.get("SecretString")
    return text


def read_text(name: str, region: str) -> str | None:
    """The current version of a secret as it was written; None when it is binary. Raises NotFound, AccessDenied."""
    with calling(f"reading secret {name} in {region}"):
        answer = client("secretsmanager", region).get_secret_value(SecretId=name, VersionStage="AWSCURRENT")
    text: str | None = answer.get("SecretString")
    return text


class SecretVersion(msgspec.Struct, frozen=True):
    """A version of a secret and its text; None where it is binary."""

    id: str
    text: str | None

    def __repr__(self) -> str:
        """Never the text: it may end up in an exception or a log."""
        return f"SecretVersion({self.id})"


def read_current(name: str, region: str) -> SecretVersion:
    """The current version of a secret with its id. Raises NotFound, AccessDenied."""
    with calling(f"reading secret {name} in {region}"):
        answer = client("secretsmanager", region).get_secret_value(SecretId=name, VersionStage="AWSCURRENT")
    return SecretVersion(id=answer["VersionId"], text=answer.get("SecretString"))


def stage_version(name: str, region: str, text: str, token: str, label: str = "AWSPENDING") -> None:
    """A new version under the id ``token``, with a label of its own; the current version stays.

    The same token with the same text changes nothing (Secrets Manager API reference, PutSecretValue).
    """
    with calling(f"staging a version of secret {name} in {region}"):
        client("secretsmanager", region).put_secret_value(
            SecretId=name, SecretString=text, ClientRequestToken=token, VersionStages=[label]
        )


def hand_over(name: str, region: str, label: str, text: str) -> None:
    """A version under a label of its own, taken off the one that had it; the current version stays.

    With labels given, AWSCURRENT does not move (Secrets Manager API reference, PutSecretValue).
    """
    with calling(f"handing over a value to secret {name} in {region}"):
        client("secretsmanager", region).put_secret_value(SecretId=name, SecretString=text, VersionStages=[label])


def move_label(name: str, region: str, label: str, *, to: str | None, away_from: str | None) -> None:
    """Put a label on one version, taken off the one that has it; ``to`` None only takes it off.

    With AWSCURRENT, AWSPREVIOUS moves to the version that had it (API reference, UpdateSecretVersionStage).
    """
    asked = {"SecretId": name, "VersionStage": label, "MoveToVersionId": to, "RemoveFromVersionId": away_from}
    with calling(f"moving {label} of secret {name} in {region}"):
        client("secretsmanager", region).update_secret_version_stage(**{k: v for k, v in asked.items() if v})


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


def version_ids(name: str, region: str) -> list[dict[str, Any]]:
    """Every version of a secret with its labels and dates, those without a label, too; no value is read.

    Raises NotFound, AccessDenied.
    """
    found: list[dict[str, Any]] = []
    more: dict[str, Any] = {}
    while True:
        with calling(f"listing the versions of secret {name} in {region}"):
            page = client("secretsmanager", region).list_secret_version_ids(
                SecretId=name, IncludeDeprecated=True, **more
            )
        found += page["Versions"]
        if not page.get("NextToken"):
            return found
        more = {"NextToken": page["NextToken"]}
