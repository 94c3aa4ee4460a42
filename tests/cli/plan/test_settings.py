"""``--set`` and ``LYO_DR_SET``: values given beside the file of a plan."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from cli.app import app
from cli.environment import set_by_command, settings
from cli.plan_reader import UnusablePlan, load
from lyo_dr.model.plan import Plan
from tests.cli.conftest import Type
from tests.plans import PLAN_FILE, raw_plan


def read(*given: str) -> Plan:
    return load(PLAN_FILE, given)


def refused(*given: str) -> list[str]:
    with pytest.raises(UnusablePlan) as found:
        load(PLAN_FILE, given)
    return found.value.faults


def test_a_value_is_of_its_fields_kind() -> None:
    plan = read(
        "account=012345678901",
        "objectives.rto=PT2H30M",
        "objectives.availability_percent=99",
        "tracing=true",
        "databases[0].restore.max_restores=3",
        "databases[0].rpo=PT1H",
        "policy.failover=approve",
        "traffic.resolvers=[1.1.1.1, 8.8.8.8]",
        "services[0].places.us-west-2.cluster=no",
        "deployment.tags={owner: platform}",
        "deployment.log_retention_days=30",
        "breach=null",
    )
    assert plan.account == "012345678901"
    assert plan.objectives.rto == timedelta(hours=2.5)
    assert plan.objectives.availability_percent == 99
    assert plan.tracing is True
    assert (plan.databases[0].restore.max_restores, plan.databases[0].rpo) == (3, timedelta(hours=1))
    assert plan.policy.failover == "approve"
    assert plan.main_front().resolvers == ["1.1.1.1", "8.8.8.8"]
    assert plan.services[0].places["us-west-2"].cluster == "no"
    assert plan.deployment.tags == {"owner": "platform"}
    assert plan.deployment.log_retention_days == 30
    assert plan.breach is None


def test_the_last_of_two_counts_and_all_else_is_the_file() -> None:
    assert read("name=one", "name=two").name == "two"
    assert read("name=lyo") == read()


def test_what_an_anchor_shares_is_changed_in_one_place_only(tmp_path: Path) -> None:
    raw = raw_plan()
    network = {
        "vpc": "vpc-0a1b2c3d4e5f60001",
        "subnets": ["subnet-0a1b2c3d4e5f60011"],
        "security_groups": ["sg-0a1b2c3d"],
    }
    raw["networks"] = {"eu-west-1": network, "us-west-2": network}
    path = tmp_path / "plan.yaml"
    path.write_text(yaml.safe_dump(raw))
    assert "*id" in path.read_text(), "an alias"
    plan = load(path, ["networks.us-west-2.vpc=vpc-0a1b2c3d4e5f60002"])
    assert [plan.networks[r].vpc[-1] for r in plan.regions.pair] == ["1", "2"]


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("acount=123456789012", "--set acount: the plan has no 'acount' there; did you mean 'account'?"),
        ("objectives.rtp=PT1H", "--set objectives.rtp: the plan has no 'rtp' there; did you mean 'rto'?"),
        ("objectives.qqqqq=1", "--set objectives.qqqqq: the plan has no 'qqqqq' there; there is rto, rpo,"),
        ("account", "--set account: no value; write path=value, such as --set objectives.rto=PT2H"),
        ("=1", "--set : no path; write one as faults are named by, such as databases[0].rpo"),
        ("databases[].rpo=PT1H", "--set databases[].rpo: no path; write one as"),
        ("databases.rpo=PT1H", "--set databases.rpo: databases is a list; it has databases[0], or set the whole list"),
        ("databases[1].rpo=PT1H", "--set databases[1].rpo: databases is a list; it has databases[0], or set"),
        ("caches[0].name=x", "--set caches[0].name: caches is a list; it is empty, or set the whole list"),
        ("account.id=1", "--set account.id: nothing can be below account"),
        ("objectives[0]=1", "--set objectives[0]: the plan has no '[0]' there; there is"),
        ("networks[0]=1", "--set networks[0]: nothing can be below networks"),
        ("traffic.resolvers=[1.1.1.1", "--set traffic.resolvers: the value is not valid YAML; put the setting in"),
    ],
)
def test_what_leads_nowhere_is_refused_with_what_was_meant(setting: str, sentence: str) -> None:
    (said,) = refused(setting)
    assert said.startswith(sentence), said


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("account=12", "--set: account: '12' is not an AWS account; write one 12-digit number in quotes"),
        ("tracing=yes", "--set: tracing: 'yes' is text in YAML 1.2; write true"),
        ("databases[0].restore.max_restores=010", "--set: databases[0].restore.max_restores: 010 is octal to some"),
        ("objectives=PT1H", "--set: objectives: text where a mapping belongs; write a mapping with rto"),
    ],
)
def test_a_value_that_cannot_be_taken_is_a_fault_without_a_line(setting: str, sentence: str) -> None:
    (said,) = refused(setting)
    assert said.startswith(sentence), said


def test_faults_of_the_file_keep_their_line() -> None:
    (said,) = refused("budgets.promotion=PT4H")
    assert said.startswith(f"{PLAN_FILE}:"), "the objective is what does not fit"
    assert "objectives.rto" in said


def test_all_settings_that_lead_nowhere_are_named_at_once() -> None:
    assert len(refused("acount=1", "nme=x", "name=ok")) == 2


def test_the_option_is_over_the_variable_and_the_variable_over_the_file(
    lyo_dr: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYO_DR_SET", "\n  objectives.rto=PT3H\n\nobjectives.mttr=PT1H\n")
    assert "of the RTO of 3 h" in lyo_dr("plan", "check").stdout
    assert "of the RTO of 5 h" in lyo_dr("plan", "check", "--set", "objectives.rto=PT5H").stdout
    assert settings() == ["objectives.rto=PT3H", "objectives.mttr=PT1H"], "nothing of a command is left"


def test_a_setting_of_a_command_ends_with_it() -> None:
    with set_by_command(["name=x"]):
        assert settings() == ["name=x"]
    assert settings() == []


@pytest.mark.parametrize("command", ["drill", "status", "timeline", "questions", "rotate"])
def test_every_command_says_in_one_sentence_what_of_a_setting_is_wrong(lyo_dr: Type, command: str) -> None:
    said = lyo_dr(command, "--set", "acount=123456789012")
    assert said.exit_code == 2
    assert "did you mean 'account'?" in said.stderr


def test_every_command_that_reads_a_plan_takes_settings() -> None:
    found = {}
    groups = [get_command(app)]
    while groups:
        for name, command in getattr(groups.pop(), "commands", {}).items():
            groups.append(command)
            options = {option for parameter in command.params for option in parameter.opts}
            found[name] = ("--plan" in options, "--set" in options)
    assert sum(with_plan for with_plan, _ in found.values()) > 20
    assert all(with_plan == with_set for with_plan, with_set in found.values()), found
