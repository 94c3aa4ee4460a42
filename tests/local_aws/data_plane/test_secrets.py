"""Secrets Manager: the patches, each against what moto does alone."""

import json

import pytest
from botocore.exceptions import ClientError
from moto.secretsmanager.models import secretsmanager_backends

from local_aws.secretsmanager import secrets_backend
from tests.local_aws.data_plane.data_plane_world import ACCOUNT, World

HOME, AWAY = "eu-west-1", "us-west-2"


def value(world: World, region: str, name: str) -> str:
    found: str = world.client("secretsmanager", region).get_secret_value(SecretId=name)["SecretString"]
    return found


def test_moving_the_current_label_changes_what_is_read(world: World) -> None:
    client = world.client("secretsmanager", HOME)
    first = client.create_secret(Name="rotated", SecretString="old")["VersionId"]
    second = client.put_secret_value(SecretId="rotated", SecretString="new", VersionStages=["AWSPENDING"])["VersionId"]
    assert value(world, HOME, "rotated") == "old"
    client.update_secret_version_stage(
        SecretId="rotated", VersionStage="AWSCURRENT", RemoveFromVersionId=first, MoveToVersionId=second
    )
    assert value(world, HOME, "rotated") == "new"
    stages = client.describe_secret(SecretId="rotated")["VersionIdsToStages"]
    assert stages == {first: ["AWSPREVIOUS"], second: ["AWSCURRENT"]}


def test_a_replica_follows_and_refuses_writes_until_replication_is_stopped(world: World) -> None:
    home, away = world.client("secretsmanager", HOME), world.client("secretsmanager", AWAY)
    arn = home.create_secret(Name="shared", SecretString="one")["ARN"]
    answer = home.replicate_secret_to_regions(SecretId="shared", AddReplicaRegions=[{"Region": AWAY}])
    assert answer["ARN"] == arn
    home.put_secret_value(SecretId="shared", SecretString="two")
    assert value(world, AWAY, "shared") == "two"
    with pytest.raises(ClientError):
        away.put_secret_value(SecretId="shared", SecretString="mine")

    assert away.stop_replication_to_replica(SecretId="shared")["ARN"] == arn.replace(HOME, AWAY)
    away.put_secret_value(SecretId="shared", SecretString="mine")
    assert (value(world, HOME, "shared"), value(world, AWAY, "shared")) == ("two", "mine")


def test_replication_of_what_is_not_a_replica_cannot_be_stopped(world: World) -> None:
    client = world.client("secretsmanager", HOME)
    client.create_secret(Name="alone", SecretString="one")
    with pytest.raises(ClientError) as caught:
        client.stop_replication_to_replica(SecretId="alone")
    assert caught.value.response["Error"]["Code"] == "InvalidRequestException"


def test_a_value_for_a_container_is_found_by_name_arn_and_key() -> None:
    text = json.dumps({"URL": "here"})
    backend = secretsmanager_backends[ACCOUNT][HOME]
    unset = dict.fromkeys(["secret_binary", "description", "kms_key_id", "client_request_token"])
    backend.create_secret("for-tasks", text, **unset, tags=[], replica_regions=[], force_overwrite=False)
    arn = backend.describe_secret("for-tasks").arn
    assert secrets_backend.read(ACCOUNT, HOME, "for-tasks") == text
    assert secrets_backend.read(ACCOUNT, AWAY, arn) == text
    assert secrets_backend.read(ACCOUNT, HOME, f"{arn}:URL::") == "here"
    with pytest.raises(secrets_backend.SecretUnavailable, match="has no JSON key MISSING"):
        secrets_backend.read(ACCOUNT, HOME, f"{arn}:MISSING::")
    with pytest.raises(secrets_backend.SecretUnavailable, match="secret nothing"):
        secrets_backend.read(ACCOUNT, HOME, "nothing")
