"""The app as people and CI run it: what it refuses, what linters say, what a change of the plan changes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from cfnlint.api import ManualArgs, lint_by_config

import app
from cli.plan_reader import UnusablePlan
from drills.world.synth import ROOT, SynthesisFailed, synthesise
from tests.infrastructure.assembled import Stack, everything, read_assembly


def test_cfn_lint_has_nothing_to_say(stacks: dict[str, Stack]) -> None:
    """W3005 is left out: it calls a dependency redundant that the CDK writes down on purpose."""
    templates = [str(stack.path) for stack in stacks.values()]
    found = lint_by_config(ManualArgs(templates=templates, ignore_checks=["W3005"]))
    assert [f"{Path(match.filename).name}: {match.rule.id} {match.message}" for match in found] == []


def test_cdk_nag_has_looked_and_found_nothing_unanswered(assembly: Path) -> None:
    """A finding without an answer ends the synthesis; this shows that it was not skipped."""
    answered = (assembly / "manifest.json").read_text() + (assembly / "tree.json").read_text()
    metadata = "".join(path.read_text() for path in assembly.glob("*.metadata.json"))
    assert "AwsSolutions-SF2" in answered + metadata


def test_faults_of_a_plan_are_shown_all_at_once_as_sentences(tmp_path: Path, raw_plan: dict[str, Any]) -> None:
    broken = {**raw_plan, "account": "12", "objectives": {**raw_plan["objectives"], "rto": "PT1M"}}
    path = tmp_path / "broken.yaml"
    path.write_text(yaml.safe_dump(broken))
    with pytest.raises(SynthesisFailed) as failure:
        synthesise(path, "aws", tmp_path / "cache")
    said = str(failure.value).splitlines()
    account = r"broken\.yaml:\d+:\d+: account: '12' is not an AWS account; write one 12-digit number in quotes"
    assert re.fullmatch(account, said[0])
    assert re.match(r"broken\.yaml:\d+:\d+: objectives\.rto: 1 min is less than the budgets of a failover", said[1])
    assert not any("Traceback" in line for line in said)
    assert not any(path.is_dir() for path in (tmp_path / "cache").iterdir()), "nothing broken enters the cache"


def test_a_plan_that_is_no_yaml_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "torn.yaml"
    path.write_text("name: [lyo")
    with pytest.raises(SynthesisFailed, match=r"^torn\.yaml:1:7: plan: a \[ that is never closed"):
        synthesise(path, "aws", tmp_path / "cache")


def test_the_same_inputs_are_synthesised_once(assembly: Path, raw_plan: dict[str, Any], tmp_path: Path) -> None:
    elsewhere = tmp_path / "the-same-plan-elsewhere.yaml"
    elsewhere.write_text(yaml.safe_dump(raw_plan))
    made = (assembly / "manifest.json").stat().st_mtime_ns
    again = synthesise(elsewhere, "aws", assembly.parent, {"nag": True, "aws:cdk:bundling-stacks": []})
    assert again == assembly
    assert (again / "manifest.json").stat().st_mtime_ns == made


def test_a_new_plan_publishes_every_function_anew(stacks: dict[str, Stack], assembly: Path) -> None:
    """The plan is in a layer: without a new version, machines would go on with the old plan."""
    committed = synthesise(ROOT / "plan.yaml", "local", assembly.parent, {"aws:cdk:bundling-stacks": []})
    before = {version.logical for version in everything(stacks, "AWS::Lambda::Version")}
    after = {version.logical for version in everything(read_assembly(committed), "AWS::Lambda::Version")}
    assert len(after) == len(before)
    assert before & after == set()


def test_the_command_line_and_the_rehearsal_use_the_same_flags() -> None:
    """Without this flag a function would not be published anew when its layers, and so the plan, change."""
    settings = json.loads((ROOT / "cdk.json").read_text())
    assert settings["context"]["@aws-cdk/aws-lambda:recognizeLayerVersion"] is True
    assert (settings["versionReporting"], settings["pathMetadata"], settings["assetMetadata"]) == (False, False, False)


def test_the_lock_of_the_node_tools_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert lock["packages"]["node_modules/aws-cdk"]["version"] == "2.1148.1"


def test_what_is_deployed_is_the_plan_with_its_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def unusable(*given: object) -> None:
        asked.append(given[2])
        raise UnusablePlan(["seen"])

    monkeypatch.setenv("LYO_DR_SET", "name=staging")
    monkeypatch.setattr(app, "check", unusable)
    assert app.main() == 1
    assert asked == [["name=staging"]]
