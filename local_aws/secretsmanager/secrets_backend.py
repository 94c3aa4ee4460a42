"""Patches of moto's Secrets Manager, and what ECS reads from it."""

import copy
import json
from typing import Any

from moto.secretsmanager import models, responses
from moto.secretsmanager.exceptions import InvalidRequestException, SecretNotFoundException


class SecretUnavailable(Exception):
    """A secret a task needs cannot be read; the message names the secret and never a value."""


def apply() -> None:
    """Apply all patches; AttributeError when moto no longer has what they patch."""
    _patch_stages()
    _patch_stop_replication()
    _patch_arn_of_replicated()


def _patch_stages() -> None:
    """Moving AWSCURRENT makes that version the default and takes AWSPENDING off it.

    moto moves the label only: GetSecretValue without a version goes on answering the old value.
    """
    original = models.SecretsManagerBackend.update_secret_version_stage

    def patched(self: Any, secret_id: str, version_stage: str, **versions: str) -> Any:
        answer = original(self, secret_id=secret_id, version_stage=version_stage, **versions)
        move_to = versions.get("move_to_version_id")
        if version_stage == "AWSCURRENT" and move_to:
            secret = self.secrets[secret_id]
            secret.set_default_version_id(move_to)
            stages = secret.versions[move_to]["version_stages"]
            secret.versions[move_to]["version_stages"] = [name for name in stages if name != "AWSPENDING"]
        return answer

    models.SecretsManagerBackend.update_secret_version_stage = patched


def _patch_stop_replication() -> None:
    """StopReplicationToReplica turns a replica into a secret of its own; moto does not know the operation."""

    def stop_replication_to_replica(self: Any) -> str:
        secrets = self.backend.secrets
        replica = secrets.get(self._get_param("SecretId"))
        if replica is None:
            raise SecretNotFoundException()
        if not isinstance(replica, models.ReplicaSecret):
            raise InvalidRequestException("The secret is not a replica.")
        source = replica.source
        source.replicas = [other for other in source.replicas if other is not replica]
        own = copy.copy(source)
        own.arn, own.region, own.replicas = replica.arn, replica.region, []
        own.versions = copy.deepcopy(source.versions)
        _forget(secrets, replica)
        secrets[own.name] = own
        return json.dumps({"ARN": own.arn})

    responses.SecretsManagerResponse.stop_replication_to_replica = stop_replication_to_replica


def _patch_arn_of_replicated() -> None:
    """ReplicateSecretToRegions and RemoveRegionsFromReplication answer with the secret's ARN.

    moto answers with whatever name the caller used.
    """
    _answer_with_arn("replicate_secret_to_regions")
    _answer_with_arn("remove_regions_from_replication")


def _answer_with_arn(operation: str) -> None:
    original = getattr(models.SecretsManagerBackend, operation)

    def patched(self: Any, secret_id: str, *arguments: Any, **named: Any) -> tuple[str, Any]:
        _, statuses = original(self, secret_id, *arguments, **named)
        return self.describe_secret(secret_id).arn, statuses

    setattr(models.SecretsManagerBackend, operation, patched)


def _forget(store: Any, secret: Any) -> None:
    for name in [name for name, stored in dict.items(store) if stored is secret]:
        dict.__delitem__(store, name)


def read(account: str, region: str, value_from: str) -> str:
    """The value that ECS gives a container for ``valueFrom``; raises SecretUnavailable.

    ``value_from`` is a name or ``arn:aws:secretsmanager:<region>:<account>:secret:<name>[:<key>:<stage>:<version>]``;
    with a key, the secret is a JSON object and the key's value is meant.
    """
    secret, key, stage, version = _parts(value_from)
    where = secret.split(":")[3] if secret.startswith("arn:") else region
    if not version:
        stage = stage or "AWSCURRENT"
    try:
        found = models.secretsmanager_backends[account][where].get_secret_value(secret, version or None, stage or None)
    except Exception as error:  # moto raises whatever its service answers with
        raise SecretUnavailable(f"secret {secret} in {where} cannot be read: {type(error).__name__}") from None
    return _key_of(found.get("SecretString") or "", key, secret)


def _parts(value_from: str) -> tuple[str, str, str, str]:
    if not value_from.startswith("arn:"):
        return value_from, "", "", ""
    fields = value_from.split(":")
    key, stage, version = [*fields[7:10], "", "", ""][:3]
    return ":".join(fields[:7]), key, stage, version


def _key_of(text: str, key: str, secret: str) -> str:
    if not key:
        return text
    try:
        return str(json.loads(text)[key])
    except (ValueError, KeyError, TypeError):
        raise SecretUnavailable(f"secret {secret} has no JSON key {key}") from None
