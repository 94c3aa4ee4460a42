"""Grants around the token of a cache: on the groups of the plan, in the secrets that hold tokens, and nowhere else."""

from __future__ import annotations

import pytest

from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants import grants_for, speaks_sql
from tests.plans import lyo_plan, raw_plan

CACHE = {
    "name": "sessions",
    "secret": "lyo-saas/production/app-secrets",
    "key": "REDIS_URL",
    "groups": {"eu-west-1": "lyo-redis", "us-west-2": "lyo-dr-redis"},
}
STEPS = ("StageToken", "RotateToken", "FinishToken", "RetireToken", "TryToken", "EndCacheSessions")


def allowed(plan: Plan, step: str, service: str) -> set[tuple[str, str]]:
    names = ResourceNames(plan, "us-west-2")
    return {
        (action.partition(":")[2], resource)
        for grant in grants_for(plan, names, "secret_rotation", step)
        for action in grant.actions
        if action.startswith(f"{service}:")
        for resource in grant.resources
    }


def test_only_two_steps_change_groups_and_only_those_of_the_plan() -> None:
    plan = read_plan(raw_plan() | {"caches": [CACHE]})
    groups = {
        f"arn:aws:elasticache:eu-west-1:{plan.account}:replicationgroup:lyo-redis",
        f"arn:aws:elasticache:us-west-2:{plan.account}:replicationgroup:lyo-dr-redis",
    }
    both = {(each, group) for group in groups for each in ("DescribeReplicationGroups", "ModifyReplicationGroup")}
    found = {step: allowed(plan, step, "elasticache") for step in STEPS}
    assert found == {step: both if step in ("RotateToken", "RetireToken") else set() for step in STEPS}


@pytest.mark.parametrize("step", ["TryToken", "EndCacheSessions"])
def test_what_stands_beside_a_cache_reads_one_secret_of_its_region(step: str) -> None:
    plan = read_plan(raw_plan() | {"caches": [CACHE]})
    secret = f"arn:aws:secretsmanager:us-west-2:{plan.account}:secret:lyo-saas/production/app-secrets-??????"
    assert speaks_sql("secret_rotation", step)
    assert allowed(plan, step, "secretsmanager") == {("GetSecretValue", secret)}


@pytest.mark.parametrize("step", STEPS)
def test_a_plan_without_caches_grants_nothing_about_them(step: str) -> None:
    for service in ("elasticache", "secretsmanager", "lambda"):
        assert allowed(lyo_plan(), step, service) == set()
