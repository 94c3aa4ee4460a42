"""``lyo-dr plan check``."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from drills.durations.outage import failover_on_aws
from lyo_dr.model.durations import humanize
from tests.cli.conftest import Type
from tests.plans import lyo_plan, raw_plan


def _written(folder: Path, **changes: object) -> Path:
    path = folder / "plan.yaml"
    path.write_text(yaml.safe_dump(raw_plan(**changes)), encoding="utf-8")
    return path


def test_the_committed_plan_is_complete(lyo_dr: Type) -> None:
    said = lyo_dr("plan", "check")
    assert said.exit_code == 0
    first, second, third = said.stdout.splitlines()
    assert first.endswith("is complete: 1 database and 1 service, eu-west-1 recovers in us-west-2.")
    assert second == (
        "A failover may take 1 h 30 min of the RTO of 4 h: triage 5 min + fence 10 s + promotion 45 min + "
        "switch 10 min + validation 3 x 10 min; budgets.promotion weighs most."
    )
    typical = timedelta(seconds=round(failover_on_aws(lyo_plan())[1]))
    assert third.startswith(f"By the model of AWS (docs/drills.md) it ordinarily takes {humanize(typical)}, ")


def test_an_objective_that_aws_does_not_allow_is_a_warning(lyo_dr: Type, tmp_path: Path) -> None:
    short = {"promotion": "PT10M", "capacity": "PT1M", "switch": "PT4M", "validation": "PT10S", "triage": "PT3M"}
    path = _written(tmp_path, budgets={**short, "fence": "PT1S"}, objectives__rto="PT18M", objectives__mttr="PT18M")
    said = lyo_dr("plan", "check", plan=path)
    assert said.exit_code == 0, said.output
    assert "objectives.rto: 18 min is less than a failover ordinarily takes on AWS (" in said.stderr
    twin = _written(tmp_path, budgets={**short, "fence": "PT1S"}, objectives__rto="PT1H", objectives__mttr="PT18M")
    assert "ordinarily takes on AWS" not in lyo_dr("plan", "check", plan=twin).stderr


def test_every_fault_is_named_at_once_each_in_a_line_with_its_place(lyo_dr: Type, tmp_path: Path) -> None:
    path = _written(tmp_path, account="12", regions__neutral="eu-west-1", services__0__minimum=9, name="X")
    said = lyo_dr("plan", "check", plan=path)
    assert said.exit_code == 2
    lines = said.stderr.splitlines()
    text = path.read_text().splitlines()
    for line in lines:
        row, column = map(int, line.removeprefix(f"{path}:").split(":")[:2])
        assert text[row - 1][column - 1 :]
    places = [line.split(": ")[1] for line in lines]
    assert sorted(places) == ["account", "name", "regions", "services[0]"]


def test_wrong_shapes_are_named_at_once_with_what_to_write_instead(lyo_dr: Type, tmp_path: Path) -> None:
    said = lyo_dr("plan", "check", plan=_written(tmp_path, account=12, objectives__rto="soon", colour="red"))
    assert said.exit_code == 2
    assert 'account: a number where text belongs; write it in quotes: "12"' in said.stderr
    assert "objectives.rto: " in said.stderr
    assert "an ISO 8601 duration such as PT15M" in said.stderr
    assert "colour: unknown key; leave it out, or begin it with x-" in said.stderr


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "no such file; name the plan with --plan"),
        (b"a: [", ":1:5: plan: a [ or { that is never closed; close it"),
        (b"\xff\xfe\x00", "not a UTF-8 text file"),
        (b"", "plan: the file is empty; start from the plan.yaml"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_in_a_sentence(
    lyo_dr: Type, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "plan.yaml"
    if content is not None:
        path.write_bytes(content)
    said = lyo_dr("plan", "check", plan=path)
    assert said.exit_code == 2
    assert sentence in said.stderr
    assert "Traceback" not in said.output


def test_a_folder_is_no_plan(lyo_dr: Type, tmp_path: Path) -> None:
    said = lyo_dr("plan", "check", plan=tmp_path)
    assert said.exit_code == 2
    assert "the file cannot be read: is a directory" in said.stderr


@pytest.mark.parametrize("command", ["drill", "status", "timeline"])
def test_a_broken_plan_stops_every_command(lyo_dr: Type, tmp_path: Path, command: str) -> None:
    said = lyo_dr(command, plan=_written(tmp_path, account="12"))
    assert said.exit_code == 2
    assert "account: '12' is not an AWS account" in said.stderr


def test_the_json_schema_is_valid_and_accepts_the_committed_plan(lyo_dr: Type) -> None:
    said = lyo_dr("plan", "check", "--json-schema")
    assert said.exit_code == 0
    schema = json.loads(said.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(raw_plan())


def test_the_json_schema_refuses_what_the_plan_refuses(lyo_dr: Type) -> None:
    schema = json.loads(lyo_dr("plan", "check", "--json-schema").stdout)
    wrong = raw_plan(colour="red", account=12, policy__failover="perhaps")
    del wrong["traffic"]
    found = list(jsonschema.Draft202012Validator(schema).iter_errors(wrong))
    assert len(found) == 4, [fault.message for fault in found]


def test_residency_is_said_with_its_exceptions_and_with_what_is_not_judged(lyo_dr: Type, tmp_path: Path) -> None:
    excepted = [{"what": "secondary", "why": "decided by the controller"}]
    said = lyo_dr("plan", "check", plan=_written(tmp_path, residency={"within": ["eu"], "exceptions": excepted}))
    assert said.exit_code == 0
    assert said.stdout.splitlines()[3].startswith(
        "Data stays within eu, but for secondary: decided by the controller. Not judged: where mailboxes, "
    )


def test_an_area_aws_does_not_have_is_refused(lyo_dr: Type, tmp_path: Path) -> None:
    part = {"within": ["eu", "us", "eu-west-9"]}
    said = lyo_dr("plan", "check", plan=_written(tmp_path, residency=part))
    assert said.exit_code == 2
    assert "residency.within[2]: AWS has no region 'eu-west-9'; did you mean 'eu-west-" in said.stderr
