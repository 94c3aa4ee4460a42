"""The CDK app: reads the plan, makes the stacks; nothing else.

Context: ``plan`` (path of the plan), ``platform`` (``aws`` or ``local``), ``nag`` (check with cdk-nag).
"""

from __future__ import annotations

import sys
from pathlib import Path

import aws_cdk as cdk
import yaml
from cdk_nag import AwsSolutionsChecks

from lyo_dr.model.plan import Plan
from lyo_dr.model.plan.file import PlanFaults, read_plan
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
        make_stacks(app, _plan(path), Sources(ROOT, platform))
    except PlanFaults as faults:
        return _refuse(path.name, faults.faults)
    except (MachineFault, NoGrant, UnknownPlatform) as fault:
        return _refuse("app.py", [str(fault)])
    if app.node.try_get_context("nag"):
        cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()
    return 0


def _plan(path: Path) -> Plan:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise PlanFaults([f"cannot be read as YAML: {' '.join(str(error).split())}"]) from error
    return read_plan(raw)


def _refuse(what: str, sentences: list[str]) -> int:
    sys.stderr.write("".join(f"{what}: {sentence}\n" for sentence in sentences))
    return 1


if __name__ == "__main__":
    sys.exit(main())
