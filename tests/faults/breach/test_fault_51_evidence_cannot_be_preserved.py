"""Fault 51: a piece of evidence cannot be preserved. It is an entry that says why, and what comes after goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws import cloudtrail
from lyo_dr.adapters.aws.rds_backups import Backups
from lyo_dr.adapters.aws.session import client
from lyo_dr.decisions.breach.manifest import MANIFEST
from lyo_dr.decisions.breach.verification import faults
from lyo_dr.errors import NotFound
from lyo_dr.model.evidence import Lookup
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Plan
from lyo_dr.model.restore import Snapshot
from lyo_dr.steps.finish_evidence import preserve_late, seal_again
from lyo_dr.steps.preserve_breach import (
    preserve_actions,
    preserve_databases,
    preserve_requests,
    preserve_secrets,
    preserve_tasks,
    seal_manifest,
)
from tests.plans import lyo_plan
from tests.unit.aws import World, refusal
from tests.unit.builders import IRELAND, OREGON, REPLICA
from tests.unit.delayed import DELAYED, with_delayed
from tests.unit.evidence import content, entries, given_bucket, prepared

Build = Callable[[Plan], World]
FRONT = "lyo-saas-dr"
ACL = f"arn:aws:wafv2:us-west-2:123456789012:regional/webacl/{FRONT}/0a1b"
MALLORY = "arn:aws:iam::123456789012:user/mallory"
SECRET = "lyo-saas/production/app-secrets"


@pytest.fixture
def world(build: Build) -> World:
    return build(lyo_plan())


@pytest.fixture
def incident(world: World) -> Incident:
    return world.given_incident()


def given_secret(world: World) -> None:
    prepared(world, lambda: client("secretsmanager", OREGON).create_secret(Name=SECRET, SecretString="s3cr3t"))


def run(handler: Any, incident: Incident, **more: Any) -> dict[str, Any]:
    suspects = {"principals": [MALLORY], "addresses": [], "secrets": []}
    return dict(handler({"incident": msgspec.to_builtins(incident), "suspects": suspects, **more}))


def sealed(incident: Incident, **failed: str) -> dict[str, Any]:
    branches = [{"part": part, "error": error, "cause": "..."} for part, error in failed.items()]
    return run(seal_manifest.handler, incident, branches=[*branches, {"part": "secrets"}])


def test_fault_51_the_twin_what_can_be_preserved_is_and_the_manifest_holds(world: World, incident: Incident) -> None:
    given_bucket(world)
    given_secret(world)
    run(preserve_tasks.handler, incident)
    run(preserve_secrets.handler, incident)
    said = sealed(incident)
    assert said["gaps"] == 0
    bucket = world.ctx().names.evidence_bucket
    key = {"Bucket": bucket, "Key": f"{incident.id}/{MANIFEST}"}
    text = prepared(world, lambda: client("s3", OREGON).get_object(**key)["Body"].read())
    lines = [json.loads(line) for line in text.splitlines()]
    missing = faults(lines, {}, said["head"])
    assert all(fault.endswith("the file is missing") for fault in missing), "nothing else is wrong without the files"
    assert world.ctx().store.incidents.head(incident.id)["evidence_head"] == said["head"]  # type: ignore[index]
    assert said["sentence"] in world.said()


def test_fault_51_no_value_of_a_secret_is_kept_and_none_is_read(world: World, incident: Incident) -> None:
    given_bucket(world)
    given_secret(world)
    run(preserve_secrets.handler, incident)
    (entry,) = entries(world, incident, "secrets")
    assert "AWSCURRENT" in content(world, incident, entry)
    assert "s3cr3t" not in content(world, incident, entry)
    assert world.calls.count("secretsmanager:GetSecretValue") == 0


def test_fault_51_a_bucket_that_refuses_leaves_everything_on_record(world: World, incident: Incident) -> None:
    given_bucket(world)
    given_secret(world)
    world.calls.fail("s3:PutObject", refusal("AccessDenied", "Access Denied"))
    run(preserve_tasks.handler, incident)
    run(preserve_secrets.handler, incident)
    said = sealed(incident)
    assert (said["preserved"], said["gaps"]) == (0, 3)
    assert "only on the incident's record" in said["sentence"]
    assert len([line for line in world.said() if line.startswith("Not preserved: ")]) == 3


def test_fault_51_a_secret_that_does_not_exist_is_a_gap(world: World, incident: Incident) -> None:
    given_bucket(world)
    world.calls.fail("secretsmanager:ListSecretVersionIds", refusal("ResourceNotFoundException", "no such secret"))
    run(preserve_secrets.handler, incident)
    (entry,) = entries(world, incident, "secrets")
    assert "ResourceNotFoundException" in str(entry.gap)


def test_fault_51_a_database_that_is_not_there_is_a_gap(world: World, incident: Incident) -> None:
    given_bucket(world)
    world.calls.rds.clear()
    run(preserve_databases.handler, incident)
    (entry,) = entries(world, incident, "databases")
    assert "DBInstanceNotFound" in str(entry.gap)


def test_fault_51_a_database_that_is_busy_is_described_without_a_snapshot(
    world: World, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_bucket(world)
    monkeypatch.setattr(Backups, "snapshots", lambda *_: [])
    world.calls.fail("rds:CreateDBSnapshot", refusal("InvalidDBInstanceState", "it is modifying"))
    run(preserve_databases.handler, incident)
    missing, described = entries(world, incident, "databases")
    assert "InvalidDBInstanceState" in str(missing.gap)
    assert described.what == "database bookings, without a snapshot"


@pytest.mark.parametrize("now", [f"{REPLICA}-r-0a1b2c3d-1", DELAYED])
def test_a_database_that_was_restored_before_is_preserved_where_it_is_now(
    build: Build, monkeypatch: pytest.MonkeyPatch, now: str
) -> None:
    world = build(with_delayed(lyo_plan()))
    incident, planned = world.given_incident(), REPLICA
    given_bucket(world)
    History(monkeypatch)
    world.calls.rds[now] = world.calls.rds.pop(planned)
    world.ctx().store.databases.move("bookings", now)
    run(preserve_databases.handler, incident)
    name = world.ctx().names.evidence(planned, incident.id)
    assert world.calls.snapshots == {name: now}
    later = (world.ctx().now() - world.plan.evidence.late_after).isoformat()
    assert run(preserve_late.handler, incident, started_at=later)["status"] == "ready"
    described, available = entries(world, incident, "databases")
    assert described.what == f"database bookings: snapshot {name} begun"
    assert available.what == f"snapshot {name} is available"


def test_fault_51_a_step_that_died_is_a_gap_of_its_part(incident: Incident, world: World) -> None:
    given_bucket(world)
    assert sealed(incident, tasks="States.Timeout")["gaps"] == 1
    (entry,) = entries(world, incident, "tasks")
    assert entry.gap == "the step failed with States.Timeout"


def test_fault_51_what_failed_later_is_a_gap_of_the_second_sealing(incident: Incident, world: World) -> None:
    given_bucket(world)
    first = sealed(incident)
    again = run(seal_again.handler, incident, so_far={"exports_missed": {"part": "exports", "error": "X"}, "late": {}})
    assert (first["gaps"], again["gaps"]) == (0, 1)


class History:
    """What AWS CloudTrail answers, by region."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[str, Lookup]] = []
        self.silent: set[str] = set()
        patch.setattr(cloudtrail, "events", self._events)

    def _events(
        self, lookup: Lookup, since: datetime, until: datetime, region: str, _go_on: Callable[[], bool]
    ) -> tuple[list[dict[str, Any]], bool]:
        assert since < until
        self.asked.append((region, lookup))
        if region in self.silent:
            raise NotFound(f"{region} does not answer")
        return [{"EventName": "ListKeys", "EventTime": until}], True


def test_fault_51_a_silent_peer_is_a_gap_and_asked_last(
    world: World, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_bucket(world)
    history = History(monkeypatch)
    history.silent = {IRELAND}
    run(preserve_actions.handler, incident)
    assert [region for region, _ in history.asked] == [OREGON, "us-east-1", IRELAND]
    found = entries(world, incident, "actions")
    assert [bool(entry.gap) for entry in found] == [False, False, True]
    assert "ListKeys" in content(world, incident, found[0])


def test_actions_are_looked_up_a_second_time_when_the_history_has_caught_up(
    world: World, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_bucket(world)
    history = History(monkeypatch)
    now = world.ctx().now()
    early = run(preserve_late.handler, incident, started_at=now.isoformat())
    assert (early["status"], history.asked) == ("pending", [])
    later = (now - world.plan.evidence.late_after).isoformat()
    name = world.ctx().names.evidence(world.plan.databases[0].instances[OREGON], incident.id)
    taken = [Snapshot(identifier=name, status="creating", at=None)]
    monkeypatch.setattr(Backups, "snapshots", lambda *_: list(taken))
    assert run(preserve_late.handler, incident, started_at=later)["sentence"] == "A snapshot is still being taken"
    taken[0] = Snapshot(identifier=name, status="available", at=now)
    assert run(preserve_late.handler, incident, started_at=later)["status"] == "ready"
    assert len(history.asked) == 3, "once per region, also when it is waited for something else"
    assert [entry.what for entry in entries(world, incident, "databases")] == [f"snapshot {name} is available"]


def test_fault_51_a_snapshot_that_is_gone_is_a_gap(
    world: World, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_bucket(world)
    History(monkeypatch)
    monkeypatch.setattr(Backups, "snapshots", lambda *_: [])
    later = (world.ctx().now() - world.plan.evidence.late_after).isoformat()
    assert run(preserve_late.handler, incident, started_at=later)["status"] == "ready"
    assert [entry.gap for entry in entries(world, incident, "databases")] == ["it is missing"]


def test_sampled_requests_are_kept_without_what_may_be_a_secret(world: World, incident: Incident) -> None:
    given_bucket(world)
    view = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True}
    rules = [{"VisibilityConfig": {**view, "MetricName": "blocked"}}]
    acl = {"VisibilityConfig": {**view, "MetricName": "all"}, "Rules": rules}

    def sampled(asked: dict[str, Any]) -> dict[str, Any]:
        assert asked["WebAclArn"] == ACL
        headers = [{"Name": "Cookie", "Value": "s3cr3t"}]
        return {"SampledRequests": [{"Request": {"URI": "/x?k=s3cr3t", "Headers": headers}, "Weight": 1}]}

    world.calls.played = {
        "wafv2:ListWebACLs": lambda _: {"WebACLs": [{"Name": FRONT, "ARN": ACL, "Id": "0a1b"}]},
        "wafv2:GetWebACL": lambda _: {"WebACL": acl},
        "wafv2:GetSampledRequests": sampled,
    }
    run(preserve_requests.handler, incident)
    (entry,) = entries(world, incident, "requests")
    assert entry.what == f"2 sampled requests of web ACL {FRONT}"
    assert "s3cr3t" not in content(world, incident, entry)


def test_without_a_web_acl_nothing_is_asked_and_nothing_is_missing(build: Build) -> None:
    world = build(msgspec.structs.replace(lyo_plan(), breach=None))
    incident = world.given_incident()
    run(preserve_requests.handler, incident)
    assert entries(world, incident, "requests") == []
