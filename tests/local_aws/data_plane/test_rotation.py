"""Secrets through the gateway: rotation by a real function, replicas in the other region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.local import LocalAws
from tests.local_aws.builders import eventually, given_function, given_role, policy, unique
from tests.local_aws.data_plane.data_plane_world import World

HOME, AWAY = "eu-west-1", "us-west-2"
ROTATING = """
import boto3

class Stuck(Exception): pass

def handler(event, context):
    step, secret, token = event["Step"], event["SecretId"], event["ClientRequestToken"]
    secrets = boto3.client("secretsmanager")
    found = secrets.describe_secret(SecretId=secret)
    stages = found["VersionIdsToStages"]
    assert "AWSPENDING" in stages[token], "not staged"
    seen = secrets.get_secret_value(SecretId="SEEN")["SecretString"]
    secrets.put_secret_value(SecretId="SEEN", SecretString=seen + step + " " + token + ";")
    if step == "FAILS":
        raise Stuck("no")
    if step == "createSecret":
        secrets.put_secret_value(
            SecretId=secret, ClientRequestToken=token, SecretString="new", VersionStages=["AWSPENDING"]
        )
    if step == "finishSecret":
        (current,) = [version for version, names in stages.items() if "AWSCURRENT" in names]
        secrets.update_secret_version_stage(
            SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=current
        )
"""


@pytest.fixture(scope="module")
def aws(world: World) -> Iterator[LocalAws]:
    with LocalAws(data_host=world.host.url) as local:
        yield local


class Secret:
    """A secret with a rotation function that notes what it was asked to do, and may fail in one step."""

    def __init__(self, aws: LocalAws, fails_in: str = "nothing", invocable: bool = True) -> None:
        self.name, self.notes = unique("secret"), unique("notes")
        self.client = aws.client("secretsmanager", HOME)
        self.first = self.client.create_secret(Name=self.name, SecretString="old")["VersionId"]
        self.client.create_secret(Name=self.notes, SecretString="-")
        self.client.put_secret_value(SecretId=self.notes, SecretString=" ")
        code = ROTATING.replace("FAILS", fails_in).replace("SEEN", self.notes)
        self.function = given_function(aws, HOME, code, given_role(aws, policy("secretsmanager:*")))
        if invocable:
            aws.client("lambda", HOME).add_permission(
                FunctionName=self.function,
                StatementId="rotation",
                Action="lambda:InvokeFunction",
                Principal="secretsmanager.amazonaws.com",
            )

    def rotate(self, **more: Any) -> str:
        """Ask for a rotation; returns its token."""
        request = {"SecretId": self.name, "RotationLambdaARN": self.function, **more}
        return str(self.client.rotate_secret(**request)["VersionId"])

    @property
    def stages(self) -> dict[str, list[str]]:
        """The labels of each version."""
        found: dict[str, list[str]] = self.client.describe_secret(SecretId=self.name)["VersionIdsToStages"]
        return found

    @property
    def steps(self) -> list[list[str]]:
        """Step and token of each run of the function."""
        text = self.client.get_secret_value(SecretId=self.notes)["SecretString"]
        return [note.split() for note in text.strip().split(";") if note.strip()]

    def runs(self, times: int) -> None:
        """Wait for so many runs of the function."""
        assert eventually(lambda: len(self.steps) >= times, within=20)

    def refuses(self, **more: Any) -> tuple[str, str]:
        """Ask for a rotation that is refused: the code and the message."""
        with pytest.raises(ClientError) as refused:
            self.rotate(**more)
        error = refused.value.response["Error"]
        return str(error["Code"]), str(error["Message"])


def test_a_rotation_runs_the_function_in_four_steps_with_one_token_and_moves_the_labels(aws: LocalAws) -> None:
    secret = Secret(aws)
    token = secret.rotate()
    assert eventually(lambda: "AWSCURRENT" in secret.stages[token], within=20)
    assert secret.steps == [[step, token] for step in ("createSecret", "setSecret", "testSecret", "finishSecret")]
    assert secret.stages == {secret.first: ["AWSPREVIOUS"], token: ["AWSCURRENT"]}
    assert secret.client.get_secret_value(SecretId=secret.name)["SecretString"] == "new"
    described = secret.client.describe_secret(SecretId=secret.name)
    assert (described["RotationEnabled"], described["RotationLambdaARN"]) == (True, secret.function)


def test_the_runs_of_a_rotation_are_calls_anybody_can_see_and_break(aws: LocalAws) -> None:
    aws.clear_calls()
    secret = Secret(aws)
    secret.rotate()
    secret.runs(4)
    runs = [call for call in aws.calls() if (call["app"], call["op"]) == ("secretsmanager", "Invoke")]
    assert len(runs) == 4


def test_a_step_that_fails_leaves_the_version_pending_and_the_next_rotation_is_refused(aws: LocalAws) -> None:
    secret = Secret(aws, fails_in="testSecret")
    token = secret.rotate()
    secret.runs(3)
    assert secret.stages == {secret.first: ["AWSCURRENT"], token: ["AWSPENDING"]}
    assert secret.client.get_secret_value(SecretId=secret.name)["SecretString"] == "old"
    code, message = secret.refuses()
    assert (code, "previous rotation isn't complete" in message) == ("InvalidRequestException", True)

    secret.client.update_secret_version_stage(
        SecretId=secret.name, VersionStage="AWSPENDING", RemoveFromVersionId=token
    )
    assert secret.rotate() != token


def test_a_rotation_with_the_same_token_goes_on(aws: LocalAws) -> None:
    secret = Secret(aws, fails_in="setSecret")
    token = secret.rotate()
    secret.runs(2)
    assert secret.rotate(ClientRequestToken=token) == token
    secret.runs(4)
    assert {used for _, used in secret.steps} == {token}


def test_a_version_that_is_only_staged_has_no_value(aws: LocalAws) -> None:
    secret = Secret(aws, fails_in="createSecret")
    secret.rotate()
    with pytest.raises(secret.client.exceptions.ResourceNotFoundException):
        secret.client.get_secret_value(SecretId=secret.name, VersionStage="AWSPENDING")


def test_a_rotation_that_may_wait_is_tested_and_leaves_no_version(aws: LocalAws) -> None:
    secret = Secret(aws)
    secret.rotate(RotateImmediately=False, RotationRules={"AutomaticallyAfterDays": 30})
    secret.runs(1)
    assert eventually(lambda: secret.stages == {secret.first: ["AWSCURRENT"]})
    assert [step for step, _ in secret.steps] == ["testSecret"]


def test_a_secret_without_a_function_is_not_rotated(aws: LocalAws) -> None:
    secret = Secret(aws)
    with pytest.raises(secret.client.exceptions.InvalidRequestException, match="No Lambda rotation function"):
        secret.client.rotate_secret(SecretId=secret.name)
    assert secret.stages == {secret.first: ["AWSCURRENT"]}


def test_a_function_that_does_not_let_secrets_manager_in_is_refused(aws: LocalAws) -> None:
    code, message = Secret(aws, invocable=False).refuses()
    assert (code, "secretsmanager.amazonaws.com" in message) == ("AccessDeniedException", True)


def test_a_replica_follows_a_rotation_and_is_read_only_until_it_is_its_own(aws: LocalAws) -> None:
    secret = Secret(aws)
    away = aws.client("secretsmanager", AWAY)
    secret.client.replicate_secret_to_regions(SecretId=secret.name, AddReplicaRegions=[{"Region": AWAY}])
    described = secret.client.describe_secret(SecretId=secret.name)
    assert [(status["Region"], status["Status"]) for status in described["ReplicationStatus"]] == [(AWAY, "InSync")]
    assert away.describe_secret(SecretId=secret.name)["PrimaryRegion"] == HOME

    token = secret.rotate()
    assert eventually(lambda: "AWSCURRENT" in secret.stages[token], within=20)
    assert away.get_secret_value(SecretId=secret.name)["SecretString"] == "new"
    mine = {"SecretId": secret.name, "SecretString": "mine"}
    for write, request in (
        (away.put_secret_value, mine),
        (away.update_secret, mine),
        (away.rotate_secret, {"SecretId": secret.name, "RotationLambdaARN": secret.function}),
    ):
        with pytest.raises(ClientError):
            write(**request)

    away.stop_replication_to_replica(SecretId=secret.name)
    away.put_secret_value(SecretId=secret.name, SecretString="mine")
    secret.client.put_secret_value(SecretId=secret.name, SecretString="theirs")
    assert away.get_secret_value(SecretId=secret.name)["SecretString"] == "mine"
    assert not secret.client.describe_secret(SecretId=secret.name).get("ReplicationStatus")
