"""The CDK app: reads the plan, makes the stacks; nothing else.

Context: ``plan`` (path of the plan), ``platform`` (``aws`` or ``local``), ``nag`` (check with cdk-nag).
The lines of the environment variable LYO_DR_SET are set over the plan.
"""

from __future__ import annotations

import sys
from pathlib import Path

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from cli.environment import settings
from cli.plan_reader import UnusablePlan, check
from stacks.asl import MachineFault
from stacks.grants import NoGrant
from stacks.product import make_stacks
from stacks.site import Sources, UnknownPlatform, platform_named

ROOT = Path(__file__).resolve().parent


def main() -> int:
    """Synthesise; 1 and the reasons, a sentence each, when the plan or a state machine cannot be used."""
    app = cdk.App(analytics_reporting=False)
    path = Path(app.node.try_get_context("plan") or ROOT / "plan.yaml")
    try:
        platform = platform_named(app.node.try_get_context("platform") or "aws")
        make_stacks(app, check(path, path.name, settings()).plan, Sources(ROOT, platform))
    except UnusablePlan as unusable:
        return _refuse(unusable.faults)
    except (MachineFault, NoGrant, UnknownPlatform) as fault:
        return _refuse([f"app.py: {fault}"])
    if app.node.try_get_context("nag"):
        cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()
    return 0


def _refuse(sentences: list[str]) -> int:
    sys.stderr.write("".join(f"{sentence}\n" for sentence in sentences))
    return 1


if __name__ == "__main__":
    sys.exit(main())
