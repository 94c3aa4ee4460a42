"""Plans without a database login, or with one in another form, get templates like any other; no statement is empty."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from drills.world.synth import ROOT, synthesise
from lyo_dr.model.plan.file import read_plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants import grants_for
from stacks.grants.table import TABLE
from tests.infrastructure.assembled import read_assembly
from tests.plans import raw_plan

PARTS = {"name": "orders/rds", "keys": ["engine", "host", "port", "username", "password", "dbname"]}
SHAPES: dict[str, list[dict[str, Any]]] = {
    "no secrets": [],
    "none with a login": [{"name": "keys", "keys": ["STRIPE_KEY"]}],
    "as AWS stores it": [PARTS],
    "without a password": [
        {"name": "app", "keys": ["MAIN"], "logins": [{"database": "bookings", "url_key": "MAIN", "auth": "iam"}]},
    ],
    "under another key": [
        {"name": "app", "keys": ["MAIN"], "logins": [{"database": "bookings", "url_key": "MAIN"}]},
    ],
}


def _raw(secrets: list[dict[str, Any]]) -> dict[str, Any]:
    raw = raw_plan()
    raw["secrets"], raw["breach"]["secrets"] = secrets, []
    return raw


@pytest.mark.parametrize("secrets", SHAPES.values(), ids=SHAPES)
def test_s7_every_statement_of_every_step_names_a_resource(secrets: list[dict[str, Any]]) -> None:
    plan = read_plan(_raw(secrets))
    for region in plan.regions.pair:
        names = ResourceNames(plan, region)
        for process, steps in TABLE.items():
            for step in steps:
                assert all(grant.resources for grant in grants_for(plan, names, process, step)), (process, step)


@pytest.mark.parametrize("secrets", SHAPES.values(), ids=SHAPES)
def test_s7_point_secrets_may_change_what_leads_to_a_database(secrets: list[dict[str, Any]]) -> None:
    plan = read_plan(_raw(secrets))
    names = ResourceNames(plan, plan.regions.primary)
    grants = grants_for(plan, names, "database_restore", "PointSecrets")
    found = {
        resource for grant in grants for resource in grant.resources if "secretsmanager:PutSecretValue" in grant.actions
    }
    for secret in plan.with_logins():
        assert names.arn("secretsmanager", f"secret:{secret.name}-??????") in found


def test_s9_every_grant_names_a_secret_as_its_region_does() -> None:
    """Of every step in either region, in the ARNs of both."""
    found = {"eu-west-1": "prod-App-8sK2lQ", "us-west-2": "dr-App"}
    raw = raw_plan()
    raw["secrets"][0] |= {"name": "app", "names": found}
    raw["caches"] = [{"name": "c", "secret": "app", "key": "REDIS_URL", "groups": dict.fromkeys(found, "redis")}]
    raw["breach"]["secrets"] = ["app"]
    plan = read_plan(raw)
    granted = {
        resource
        for region in plan.regions.pair
        for process, steps in TABLE.items()
        for step in steps
        for grant in grants_for(plan, ResourceNames(plan, region), process, step)
        for resource in grant.resources
        if ":secretsmanager:" in resource and "lyo-dr/" not in resource
    }
    assert granted == {
        f"arn:aws:secretsmanager:{region}:{plan.account}:secret:{name}-??????" for region, name in found.items()
    }


@pytest.mark.parametrize("shape", ["no secrets", "as AWS stores it"])
def test_s7_a_plan_without_a_key_called_database_url_is_synthesised(shape: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(yaml.safe_dump(_raw(SHAPES[shape]) | {"workload": "reference"}))
    stacks = read_assembly(
        synthesise(path, "aws", ROOT / ".cache" / "assemblies-of-tests", {"aws:cdk:bundling-stacks": []})
    )
    assert any("secret-rotation" in name for name in stacks) == bool(SHAPES[shape])


def test_a_rotation_reaches_no_secret_without_a_password() -> None:
    plan = read_plan(_raw(SHAPES["without a password"]))
    names = ResourceNames(plan, plan.regions.primary)
    for step in TABLE["secret_rotation"]:
        found = [resource for grant in grants_for(plan, names, "secret_rotation", step) for resource in grant.resources]
        assert not [resource for resource in found if ":secret:app-" in resource], step
