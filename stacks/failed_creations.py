"""Before a deployment: let go of the stacks whose creation failed, so that the same command works again.

The CDK deletes such a stack and creates it anew; but it has switched on termination protection before the creation, and
CloudFormation refuses to delete what is protected (CloudFormation user guide, "Protect CloudFormation stacks from being
deleted"). A stack that never was complete holds nothing worth the protection, and gets it again when it is created.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore.session
from botocore.exceptions import ClientError

_FAILED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED")
"""What the CDK takes for a creation that failed."""


def release(assembly: Path, client: Callable[[str], Any]) -> list[str]:
    """Switch off the protection of stacks whose creation failed; their names. ``client`` makes one for a region."""
    released = []
    for name, region in _protected(assembly):
        formation = client(region)
        if _status(formation, name) in _FAILED:
            formation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
            released.append(name)
    return released


def _protected(assembly: Path) -> Iterator[tuple[str, str]]:
    """Name and region of every stack of the assembly that is to be protected."""
    artifacts = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))["artifacts"]
    for name, artifact in artifacts.items():
        if artifact["type"] == "aws:cloudformation:stack" and artifact["properties"].get("terminationProtection"):
            yield artifact["properties"].get("stackName", name), artifact["environment"].rsplit("/", 1)[-1]


def _status(formation: Any, name: str) -> str:
    """The status of a stack; empty where there is none."""
    try:
        return str(formation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
    except ClientError as refusal:
        if "does not exist" in refusal.response["Error"]["Message"]:
            return ""
        raise


def main(arguments: list[str]) -> int:
    """``python -m stacks.failed_creations cdk.out``."""
    session = botocore.session.get_session()
    assembly = Path(arguments[0])
    for name in release(assembly, lambda region: session.create_client("cloudformation", region_name=region)):
        sys.stdout.write(f"{name} was never complete; it is created again\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
