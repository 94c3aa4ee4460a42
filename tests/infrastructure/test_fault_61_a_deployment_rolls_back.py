"""Fault 61: a first deployment rolls back. The same command works again, and nothing is left in its way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local_aws.deploy import DeployFailed, deploy
from local_aws.local import LocalAws
from stacks.failed_creations import release
from tests.local_aws.builders import WEST
from tests.local_aws.conftest import aws, data_host, whole_aws  # noqa: F401 - fixtures

CORE = f"LyoDr-core-{WEST}"
TAKEN = "lyo-dr-legal"


@pytest.fixture
def core(assembly: Path, tmp_path: Path) -> Path:
    """The core stack of the committed plan, as it was synthesised, without the CDK's own bootstrap rule."""
    template = json.loads((assembly / f"{CORE}.template.json").read_text())
    template.pop("Rules", None)
    template.get("Parameters", {}).pop("BootstrapVersion", None)
    (tmp_path / f"{CORE}.template.json").write_text(json.dumps(template))
    artifact = json.loads((assembly / "manifest.json").read_text())["artifacts"][CORE]
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {CORE: artifact}}))
    return tmp_path


def status(formation: Any) -> str:
    return str(formation.describe_stacks(StackName=CORE)["Stacks"][0]["StackStatus"])


def test_fault_61_the_first_deployment_of_the_core_fails_and_the_same_one_works_again(
    aws: LocalAws,  # noqa: F811 - the fixture
    core: Path,
) -> None:
    formation, topics = aws.client("cloudformation", WEST), aws.client("sns", WEST)
    somebody_elses = topics.create_topic(Name=TAKEN)["TopicArn"]
    with pytest.raises(DeployFailed, match="already exists"):
        deploy(core, [CORE], aws.endpoint)
    assert status(formation) == "ROLLBACK_COMPLETE", "what is protected was not created yet"

    topics.delete_topic(TopicArn=somebody_elses)
    with pytest.raises(DeployFailed, match="TerminationProtection is enabled"):
        deploy(core, [CORE], aws.endpoint)
    assert release(core, lambda region: aws.client("cloudformation", region)) == [CORE]
    deploy(core, [CORE], aws.endpoint)

    described = formation.describe_stacks(StackName=CORE)["Stacks"][0]
    assert (described["StackStatus"], described["EnableTerminationProtection"]) == ("CREATE_COMPLETE", True)
    assert release(core, lambda region: aws.client("cloudformation", region)) == [], "a stack in use stays protected"


def test_fault_61_a_stack_that_does_not_exist_yet_is_left_alone(core: Path, aws: LocalAws) -> None:  # noqa: F811
    renamed = core / "manifest.json"
    renamed.write_text(renamed.read_text().replace(CORE, f"{CORE}-never"))
    assert release(core, lambda region: aws.client("cloudformation", region)) == []
