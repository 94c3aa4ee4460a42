"""A database without a replica, restored where it has no instance: by the plan's words, to the end of its backups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.rds_backups import Backups, restored_settings
from lyo_dr.model.plan import Plan
from lyo_dr.model.recovery_method import Replicated
from lyo_dr.model.restore import DatabaseEvidence, Target, Window
from lyo_dr.services.failover.adopted import adopted_databases
from lyo_dr.services.restore.instance_settings import settings_here, stated_settings
from lyo_dr.steps.region_failover import check_gate
from lyo_dr.steps.restore_replicated import choose_recovery_point, restore_to_new_instance
from tests.plans import plan_of_ways
from tests.unit.aws import World
from tests.unit.builders import IRELAND, a_triage, at, given_replica, observers

ARN = "arn:aws:rds:us-west-2:123456789012:auto-backup:ab-reports"
KEPT = Replicated(arn=ARN, window=Window(earliest=at(-86400), latest=at(-420)))


@pytest.fixture
def ways(build: Callable[[Plan], World]) -> World:
    return build(plan_of_ways())


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What RDS was asked to restore."""
    found: list[dict[str, Any]] = []

    def restore(_self: Any, arn: str, like: dict[str, Any], name: str, target: Target, incident: str) -> None:
        found.append({"arn": arn, "name": name, "target": target, **restored_settings(like, incident)})

    monkeypatch.setattr(Backups, "replicated", lambda *_: KEPT)
    monkeypatch.setattr(Backups, "find", lambda *_: None)
    monkeypatch.setattr(Backups, "restore_replicated", restore)
    return found


def test_it_is_restored_under_the_plans_name_into_the_plans_network(ways: World, made: list[dict[str, Any]]) -> None:
    incident = ways.given_incident()
    told = {"incident": msgspec.to_builtins(incident), "database": "reports"}
    silent = msgspec.to_builtins(DatabaseEvidence(database="reports", error="no such host"))
    chosen = choose_recovery_point.handler({**told, "evidence": silent})
    assert chosen["target"]["kind"] == "latest"
    assert "it has no replica, so its latest backup is used; up to 7 min of work is lost" in chosen["sentence"]
    event = {**told, "started_at": incident.opened_at.isoformat()}
    assert restore_to_new_instance.handler(event)["status"] == "pending"
    (call,) = made
    assert call["name"] == ways.ctx().names.restored("lyo-reports-oregon", incident.id, 1)
    assert call["DBSubnetGroupName"] == "lyo-databases"
    assert call["VpcSecurityGroupIds"] == ["sg-0a1b2c3d4e5f60051"]
    assert call["DBParameterGroupName"] == "lyo-postgres18"
    assert (call["DeletionProtection"], call["PubliclyAccessible"], call["MultiAZ"]) == (True, False, False)
    assert "DBInstanceClass" not in call, "RDS takes that of the source"


def test_a_stated_class_is_used() -> None:
    stated = plan_of_ways().database("reports").restore_as
    assert stated is not None
    larger = msgspec.structs.replace(stated, instance_class="db.m7g.large")
    assert restored_settings(stated_settings(larger), "x")["DBInstanceClass"] == "db.m7g.large"


def test_must_not_fire_in_its_own_region_its_own_instance_is_the_model(ways: World, made: list[dict[str, Any]]) -> None:
    """On the way back the first region has its deposed instance, or what was kept of its settings."""
    ctx = ways.ctx(region=IRELAND)
    assert settings_here(ctx, ways.plan.database("reports")) == {}
    ctx.store.databases.keep_settings("reports", {"DBInstanceClass": "db.t4g.medium"})
    assert settings_here(ctx, ways.plan.database("reports")) == {"DBInstanceClass": "db.t4g.medium"}


def test_the_gate_asks_for_its_backups_and_describes_no_replica_of_it(ways: World, made: list[dict[str, Any]]) -> None:
    incident = ways.given_incident(gate=None)
    facts = observers(replicas=[given_replica(silent_for=2)])
    event = {"incident": incident, "facts": facts, "triage": a_triage()}
    verdict = check_gate.handler(msgspec.to_builtins(event))
    assert [(way["database"], way["way"]) for way in verdict["ways"]] == [
        ("bookings", "promote"),
        ("reports", "restore"),
    ]
    assert verdict["ways"][1]["upto"] is not None
    assert ways.calls.count("rds:DescribeDBInstances") == 1
    assert "scratch" in verdict["sentence"]


def test_what_an_interrupted_incident_restored_counts_as_recovered(ways: World) -> None:
    incident, ctx = ways.given_incident(execution="again"), ways.ctx()
    assert adopted_databases(ctx, incident, []) == []
    ctx.store.incidents.record_once(incident.id, "POINTED", "reports", instance="x", at=ctx.now().isoformat())
    assert adopted_databases(ctx, incident, []) == ["reports"]
    ctx.store.incidents.record_once(incident.id, "POINTED", "bookings", instance="y", at=ctx.now().isoformat())
    assert adopted_databases(ctx, incident, []) == ["reports"], "a replica speaks for itself, and this one was not read"
