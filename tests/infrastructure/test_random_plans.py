"""A plan that is taken can be built: its names, roles and policies for many plans, whole templates for a few."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, assume, given, seed, settings

from cli.plan_reader.role_sizes import size, too_large
from drills.world.synth import ROOT, synthesise
from lyo_dr.model.plan import Database, Plan, plan_from_json
from lyo_dr.model.plan.file import PlanFaults, read_plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants import grants_for
from stacks.grants.table import TABLE
from tests.plans import raw_plan
from tests.random_plans import raw_plans

_POLICY_CHARACTERS = 10_240
"""All inline policies of a role together, without blanks (IAM user guide, "IAM and AWS STS quotas")."""
_NAME_CHARACTERS = 64
"""Names of roles and functions (IAM and Lambda API references, CreateRole and CreateFunction)."""


def taken(raw: dict[str, Any]) -> Plan:
    """The plan as it is taken; a plan at random that breaks a rule is no example."""
    try:
        return read_plan(raw)
    except PlanFaults as faults:
        assume(not faults.faults)
        raise


def _check(plan: Plan, region: str) -> None:
    names = ResourceNames(plan, region)
    for process, steps in TABLE.items():
        for step in steps:
            grants = grants_for(plan, names, process, step)
            assert all(grant.actions and grant.resources for grant in grants), (process, step)
            assert all(r == "*" or r.startswith(("arn:", "the ")) for g in grants for r in g.resources), (process, step)
            assert size(grants) < _POLICY_CHARACTERS, (process, step)
            assert len(names.function(process, step)) <= _NAME_CHARACTERS
            assert len(names.role(process, step)) <= _NAME_CHARACTERS
        assert len(names.machine_name(process)) <= 80
    for name, most in _derived(names):
        assert len(name) <= most, name


def _derived(names: ResourceNames) -> Iterator[tuple[str, int]]:
    """Every other name that is made of the plan's, and the most characters AWS takes (API references)."""
    plan, region, alarm = names.plan, names.region, 255
    yield from ((names.stack(part), 128) for part in (*TABLE, "core"))
    yield from ((names.topic_name(audience), 256) for audience in ("responders", "stakeholders", "legal"))
    yield from ((names.detection_stack(), 128), (names.workload_stack(), 128))
    yield from ((names.ledger_bucket, 63), (names.evidence_bucket, 63), (names.table, 255), (names.bus, 256))
    yield from ((f"{names.bus}-dead-letters", 80), (f"{names.prefix}-operators-{region}", 128))
    yield from ((names.key_alias, 256), (names.evidence_key_alias, 256), (f"Disaster recovery: {plan.name}", 100))
    yield from ((names.peer_alarm, alarm), (names.watcher_alarm, alarm), (names.latch_alarm("secondary"), alarm))
    yield names.endpoint_alarm(region), alarm
    yield from (each for service in plan.services for each in _of_service(names, service.name))
    yield from (each for database in plan.databases for each in _of_database(names, database))


def _of_service(names: ResourceNames, service: str) -> Iterator[tuple[str, int]]:
    yield names.service_alarm(service, names.region), 255
    yield f"{names.prefix}-{service}", 255
    yield f"/{names.prefix}/workload/{service}", 512
    yield f"{names.plan.name}/{service}", 256


def _of_database(names: ResourceNames, database: Database) -> Iterator[tuple[str, int]]:
    yield names.integrity_alarm(database.name), 255
    yield names.not_asked_alarm(database.name), 255
    yield names.database_alarm("connections", database.name), 255
    yield names.sql_secret(database.name), 512
    yield f"{names.prefix}-{database.name}", 255
    if database.way == "leave" and names.region not in database.instances:
        return  # nothing is ever restored there
    for made in (names.restored, names.probe):
        yield made(database.instance_in(names.region), "database-20260329T120000", 99), 63


@settings(max_examples=25, deadline=None, suppress_health_check=[*HealthCheck])
@given(raw_plans())
def test_names_and_roles_of_every_plan_that_is_taken_can_be_made(raw: dict[str, Any]) -> None:
    plan = taken(raw)
    for region in plan.regions.pair:
        _check(plan, region)
    assert plan_from_json(plan.to_json()) == plan, "a function reads what was written"


def _with_services(count: int) -> Plan:
    raw = raw_plan()
    first = raw["services"][0]
    for number in range(1, count):
        places = {region: {**place, "service": f"{'s' * 60}-{number}"} for region, place in first["places"].items()}
        raw["services"].append({**first, "name": f"s-{number}", "places": places})
    raw["traffic"]["service"] = first["name"]
    return read_plan(raw)


def test_more_than_the_role_of_a_step_can_name_is_refused_before_iam_does() -> None:
    assert list(too_large(_with_services(6))) == []
    (sentence,) = too_large(_with_services(40))
    assert re.match(r"services: the role of \w+ would need some \d+,\d+ characters of policy", sentence), sentence


@pytest.mark.long
@seed(81)
@settings(max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck])
@given(raw_plans())
def test_templates_of_plans_that_are_taken_can_be_synthesised(raw: dict[str, Any]) -> None:
    taken(raw)
    folder = ROOT / ".cache" / "random-plans"
    folder.mkdir(parents=True, exist_ok=True)
    path = Path(folder, "plan.yaml")
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    assert synthesise(path, "aws", folder / "assemblies", {"aws:cdk:bundling-stacks": []})
