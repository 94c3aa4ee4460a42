"""A kept world has every stack of the plan in both regions, each deployed once."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from drills import keep_running
from drills.world import world as worlds
from drills.world.addresses import Addresses
from drills.world.rehearsal_plan import for_rehearsal
from local_aws.deploy import stack_names
from tests.plans import lyo_plan

OURS = ("core", "actions", "keeper", "communications", "operator", "database-restore", "breach-response")
NAMES = [
    *(f"LyoDr-{part}-{region}" for region in ("eu-west-1", "us-west-2") for part in OURS),
    *("LyoWorkload-eu-west-1", "LyoWorkload-us-west-2", "LyoDr-detection"),
]


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    stacks = {name: {"type": "aws:cloudformation:stack"} for name in NAMES}
    artifacts = {**stacks, "LyoDr-core-eu-west-1.assets": {"type": "cdk:asset-manifest"}}
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": artifacts}), encoding="utf-8")
    return tmp_path


def test_the_stacks_of_an_assembly_are_its_stacks_and_nothing_else(assembly: Path) -> None:
    assert stack_names(assembly) == NAMES


def test_what_no_failover_needs_is_deployed_once(assembly: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deployed: list[str] = []
    monkeypatch.setattr(worlds, "deploy", lambda _folder, groups, _endpoint: deployed.extend(*groups))
    world = worlds.World(lyo_plan(), everything=True)
    world._assembly = assembly
    world.aws = SimpleNamespace(endpoint="http://127.0.0.1:1")  # type: ignore[assignment]
    world.deploy(*NAMES[:3])
    world._rest()
    assert sorted(deployed) == sorted(NAMES)
    world._rest()
    assert len(deployed) == len(NAMES)


def test_the_world_that_is_kept_has_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    class Stopped(worlds.World):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            asked.update(options)
            super().__init__(*arguments, **options)

        def start(self) -> Any:
            raise KeyboardInterrupt

    monkeypatch.setattr(keep_running, "World", Stopped)
    assert keep_running.keep(lyo_plan(), Console(file=None, quiet=True)) == 0
    assert asked == {"everything": True, "own": None}


def test_the_guide_names_commands_for_the_active_region_too() -> None:
    guide = keep_running.Kept(
        plan=for_rehearsal(lyo_plan(), Addresses(0)).plan,
        plan_file=Path("plan.json"),
        assembly=Path("assembly"),
        endpoint="http://127.0.0.1:4600",
        data_host="http://127.0.0.1:5000",
        resolver="127.0.0.1:5400",
        fronts=("127.81.0.1", "127.82.0.1"),
    ).guide()
    assert "with every stack in both regions" in guide
    assert "lyo-dr pause --why 'trying it out'" in guide
