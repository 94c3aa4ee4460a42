"""One synthesis for all tests of the templates: the committed plan, with a second database and a second service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from drills.world.synth import ROOT, synthesise
from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import read_plan
from tests.infrastructure.assembled import Stack, read_assembly


def _with_a_second_of_everything() -> dict[str, Any]:
    """Also: the reference workload, and a secondary that is reached by its address."""
    raw: dict[str, Any] = yaml.safe_load((ROOT / "plan.yaml").read_text())
    raw["databases"].append(
        {
            "name": "chat-history",
            "critical": False,
            "multi_az": False,
            "instances": {"eu-west-1": "chat-history-primary", "us-west-2": "chat-history-replica"},
        }
    )
    raw["services"].append(
        {
            "name": "worker",
            "desired": 4,
            "minimum": 2,
            "places": {
                "eu-west-1": {"cluster": "workers", "service": "worker", "url": "https://worker.example.com"},
                "us-west-2": {"cluster": "workers-dr", "service": "worker-dr", "url": "https://worker-dr.example.com"},
            },
        }
    )
    raw["caches"] = [
        {
            "name": "sessions",
            "secret": "lyo-saas/production/app-secrets",
            "key": "REDIS_URL",
            "groups": {"eu-west-1": "lyo-saas-production-redis", "us-west-2": "lyo-saas-dr-redis"},
        }
    ]
    raw["traffic"]["service"] = "assistant"
    raw["workload"] = "reference"
    raw["services"][0]["places"]["us-west-2"]["url"] = "http://192.0.2.7:8080"
    raw["traffic"]["targets"]["us-west-2"] = {"address": "192.0.2.7"}
    return raw


@pytest.fixture(scope="session")
def raw_plan() -> dict[str, Any]:
    return _with_a_second_of_everything()


@pytest.fixture(scope="session")
def plan(raw_plan: dict[str, Any]) -> Plan:
    return read_plan(raw_plan)


@pytest.fixture(scope="session")
def assembly(raw_plan: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Checked by cdk-nag while it is made: a finding nobody has answered fails here, with its name."""
    path = tmp_path_factory.mktemp("plan") / "plan.yaml"
    path.write_text(yaml.safe_dump(raw_plan))
    context = {"nag": True, "aws:cdk:bundling-stacks": []}
    return synthesise(path, "aws", ROOT / ".cache" / "assemblies-of-tests", context)


@pytest.fixture(scope="session")
def stacks(assembly: Path) -> dict[str, Stack]:
    return read_assembly(assembly)


@pytest.fixture(scope="session")
def regional(stacks: dict[str, Stack], plan: Plan) -> dict[str, dict[str, Stack]]:
    """Region to part (``core``, ``keeper`` …) to stack."""
    parts: dict[str, dict[str, Stack]] = {region: {} for region in plan.regions.pair}
    for name, stack in stacks.items():
        if stack.region in parts:
            parts[stack.region][name.removesuffix(f"-{stack.region}").removeprefix("LyoDr-")] = stack
    return parts
