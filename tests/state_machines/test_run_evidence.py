"""Evidence with the real machines, handlers and bucket: what is preserved, what is missing, and who may delete."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.config
import botocore.exceptions
import pytest
from typer.testing import CliRunner, Result

from cli.app import app
from drills.world.world import World
from local_aws.sessions import make_client
from tests.plans import lyo_plan
from tests.state_machines.failover import IRELAND
from tests.state_machines.preserving import STACK, Preserved, fetch, finished, given_breach, preserve

pytestmark = pytest.mark.drill

ACCOUNT = "000000000000"
MALLORY = f"arn:aws:iam::{ACCOUNT}:user/mallory"
SECRET = "lyo-saas/production/app-secrets"


@dataclass
class Breach:
    """One world in which mallory did something, and what was preserved of it."""

    world: World
    found: Preserved
    folder: Path
    later: list[str]
    after: Path


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["evidence", "verify", *arguments])


def entries(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()][1:]


def group(world: World) -> str:
    return world.plan.evidence.log_groups[IRELAND][0]


def given_log_lines(world: World) -> None:
    logs, now = world.client("logs", IRELAND), int(time.time() * 1000)
    logs.create_log_stream(logGroupName=group(world), logStreamName="app/1")
    lines = [{"timestamp": now - ago, "message": f"asked {ago} ms ago"} for ago in (7_200_000, 1_000)]
    logs.put_log_events(logGroupName=group(world), logStreamName="app/1", logEvents=lines)


def mallory_looks_around(world: World) -> None:
    iam = world.client("iam", "us-east-1")
    iam.create_user(UserName="mallory")
    rights = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [rights]})
    iam.put_user_policy(UserName="mallory", PolicyName="p", PolicyDocument=document)
    key = iam.create_access_key(UserName="mallory")["AccessKey"]
    secret = (key["AccessKeyId"], key["SecretAccessKey"])
    make_client("kms", IRELAND, world.aws.endpoint, botocore.config.Config(), *secret).list_keys()


@pytest.fixture(scope="module")
def breach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Breach]:
    with World(lyo_plan(), warm=False) as world:
        world.deploy(world.names(IRELAND).stack(STACK))
        given_log_lines(world)
        mallory_looks_around(world)
        begin_export_of_somebody_else(world)
        folder = tmp_path_factory.mktemp("evidence")
        found = preserve(world, given_breach(world, "breach-1"), principals=[MALLORY], secrets=[SECRET])
        first = fetch(world, "breach-1", folder / "first")
        later = finished(world, "breach-1")
        yield Breach(world, found, first, later, fetch(world, "breach-1", folder / "later"))


def begin_export_of_somebody_else(world: World) -> None:
    """Into a bucket that lets Amazon CloudWatch Logs in, as the bucket of evidence does."""
    world.client("logs", IRELAND).create_export_task(
        taskName="somebody-else",
        logGroupName=group(world),
        fromTime=0,
        to=int(time.time() * 1000),
        destination=world.names(IRELAND).evidence_bucket,
        destinationPrefix="somebody-else",
    )


def test_everything_is_preserved_and_the_manifest_holds(breach: Breach) -> None:
    assert breach.found.status == "SUCCEEDED"
    assert [entry["part"] for entry in entries(breach.folder) if "gap" in entry] == ["requests"], "there is no web ACL"
    assert breach.found.output["preserved"] == len([entry for entry in entries(breach.folder) if "file" in entry])
    parts = {entry["part"] for entry in entries(breach.folder)}
    assert parts == {"actions", "databases", "logs", "requests", "secrets", "tasks"}
    said = verify(str(breach.folder), "--head", breach.found.head)
    assert said.exit_code == 0, said.output


def test_what_the_suspect_did_is_there_and_what_others_did_is_not(breach: Breach) -> None:
    (file,) = (breach.folder / "actions").glob(f"*mallory-{IRELAND}-first.jsonl")
    assert [json.loads(line)["EventName"] for line in file.read_text(encoding="utf-8").splitlines()] == ["ListKeys"]


def test_tasks_are_there_without_the_values_of_their_environment(breach: Breach) -> None:
    (file,) = (breach.folder / "tasks").iterdir()
    found = json.loads(file.read_text(encoding="utf-8"))["tasks"]
    assert [task["lastStatus"] for task in found].count("RUNNING") == 2
    (definition,) = (breach.folder / "task-definitions").iterdir()
    environment = json.loads(definition.read_text(encoding="utf-8"))["containerDefinitions"][0]["environment"]
    assert {variable["value"] for variable in environment} == {"(not kept: it may be a secret)"}


def test_versions_of_secrets_are_there_and_no_value_is_anywhere(breach: Breach) -> None:
    store = breach.world.client("secretsmanager", IRELAND)
    value = json.loads(store.get_secret_value(SecretId=SECRET)["SecretString"])
    files = [path.read_bytes() for path in breach.after.rglob("*") if path.is_file()]
    assert any(b"AWSCURRENT" in content for content in files)
    for secret in value.values():
        assert not [content for content in files if str(secret).encode() in content]


def test_fault_50_the_fresh_window_is_copied_while_another_export_is_in_the_way(breach: Breach) -> None:
    lines = [line for path in (breach.folder / "logs").rglob("*.jsonl") for line in path.read_text().splitlines()]
    assert sorted(json.loads(line)["message"] for line in lines) == ["asked 1000 ms ago", "asked 7200000 ms ago"]
    assert not (breach.folder / "exports").exists(), "nobody has waited for an export"


def test_fault_50_the_export_waits_for_the_other_one_and_is_hashed_when_it_is_there(breach: Breach) -> None:
    exported = [entry for entry in entries(breach.after) if entry["part"] == "exports"]
    assert [entry for entry in exported if entry.get("gap")] == []
    assert any(entry["file"].endswith("000000.gz") for entry in exported if "file" in entry)


def test_the_second_sealing_only_adds_and_the_first_head_is_still_the_hash_of_a_line(breach: Breach) -> None:
    first, later = entries(breach.folder), entries(breach.after)
    assert later[: len(first)] == first
    assert len(later) > len(first)
    assert verify(str(breach.after), "--head", breach.found.head).exit_code == 0
    assert any(f"snapshot {entry}" for entry in later if entry["part"] == "databases")


def test_nobody_deletes_a_version_not_even_with_all_rights(breach: Breach) -> None:
    s3, bucket = breach.world.client("s3", IRELAND), breach.world.names(IRELAND).evidence_bucket
    version = s3.list_object_versions(Bucket=bucket, Prefix="breach-1/manifest")["Versions"][0]
    which = {"Bucket": bucket, "Key": version["Key"], "VersionId": version["VersionId"]}
    with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
        s3.delete_object(**which)


@pytest.mark.parametrize("file", ["manifest.jsonl", "tasks/assistant.json"])
def test_tampered_evidence_is_named(breach: Breach, tmp_path: Path, file: str) -> None:
    copy = fetch(breach.world, "breach-1", tmp_path)
    content = (copy / file).read_text(encoding="utf-8")
    (copy / file).write_text(content.replace("assistant", "assasin"), encoding="utf-8")
    said = verify(str(copy))
    assert said.exit_code == 1
    assert "tasks/ass" in said.output


def test_preserving_again_takes_nothing_twice(breach: Breach, tmp_path: Path) -> None:
    incident = given_breach(breach.world, "breach-1")
    again = preserve(breach.world, incident, name="again", principals=[MALLORY], secrets=[SECRET])
    assert again.output["gaps"] == breach.found.output["gaps"]
    files = [entry["file"] for entry in entries(fetch(breach.world, "breach-1", tmp_path)) if "file" in entry]
    assert len(files) == len(set(files)), "each thing is on record once"


def test_fault_51_a_bucket_that_refuses_everything_is_a_gap_and_stops_nothing(breach: Breach) -> None:
    world = breach.world
    writers = "(Preserve|Copy|Seal).*"
    world.aws.set_faults([{"region": IRELAND, "service": "s3", "app": writers, "kind": "refuse"}])
    found = preserve(world, given_breach(world, "breach-full"), principals=[MALLORY])
    world.aws.set_faults([])
    assert (found.status, found.output["preserved"]) == ("SUCCEEDED", 0)
    assert found.output["gaps"] >= len(("database", "tasks", "secret", "actions", "actions", "actions"))
    assert any("Not preserved: the file of database bookings" in line for line in found.lines)
    assert any("could not be stored and is only on the incident's record" in line for line in found.lines)


def test_fault_51_a_step_that_dies_is_a_gap_and_the_other_branches_go_on(breach: Breach) -> None:
    world = breach.world
    world.aws.set_faults([{"region": IRELAND, "app": "PreserveTasks", "service": "ecs", "kind": "crash_after"}])
    found = preserve(world, given_breach(world, "breach-dies"), seconds=180)
    world.aws.set_faults([])
    assert found.status == "SUCCEEDED"
    assert [line for line in found.lines if "Not preserved: tasks, in part or completely" in line]
    assert found.output["preserved"] >= 3
