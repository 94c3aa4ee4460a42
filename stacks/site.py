"""Common to every stack: one region of one plan, and the paths of the product's code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

import aws_cdk as cdk

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames, kebab
from stacks.asl_yaml import expand, machine_files

Platform = Literal["aws", "local"]


class UnknownPlatform(Exception):
    """The context names a platform that does not exist. One sentence."""


def platform_named(name: str) -> Platform:
    """Raises :class:`UnknownPlatform`."""
    if name == "aws":
        return "aws"
    if name == "local":
        return "local"
    raise UnknownPlatform(f"context platform: {name!r} is not known; write aws or local")


@dataclass(frozen=True)
class Sources:
    """Where the state machines, the steps and the locked requirements are read from."""

    root: Path
    platform: Platform = "aws"

    @property
    def lambdas(self) -> Path:
        """The directory that becomes the one code asset."""
        return self.root / "lambdas"

    @property
    def lock(self) -> Path:
        """The locked requirements of the dependency layer."""
        return self.root / "requirements" / "layer.txt"

    def steps(self, process: str) -> frozenset[str]:
        """The steps of a process by their files: ``promote_replica.py`` is ``PromoteReplica``."""
        folder = self.lambdas / "lyo_dr" / "steps" / process
        files = (path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
        return frozenset("".join(part.capitalize() for part in stem.split("_")) for stem in files)

    def machine(self, process: str, plan: Plan) -> str:
        """The state machine of a process for a plan, as JSON.

        Raises :class:`stacks.asl.MachineFault` and FileNotFoundError.
        """
        return expand(self.root / "state_machines" / f"{process}.asl.yaml", plan)

    def processes(self) -> frozenset[str]:
        """Every process that has a state machine."""
        return frozenset(machine_files(self.root / "state_machines"))


@dataclass(frozen=True)
class Site:
    """One region of one plan."""

    plan: Plan
    region: str
    sources: Sources

    @property
    def names(self) -> ResourceNames:
        """Every name in this region."""
        return ResourceNames(self.plan, self.region)

    @property
    def environment(self) -> cdk.Environment:
        """Account and region, fixed: nothing is looked up and synth needs no credentials."""
        return cdk.Environment(account=self.plan.account, region=self.region)

    @property
    def dead_letters(self) -> str:
        """Name of the queue of signals that could not be handled."""
        return f"{self.names.bus}-dead-letters"

    def alarm(self, process: str, symptom: str) -> str:
        """Name of an alarm on the automation itself."""
        return f"{self.names.machine_name(process)}-{kebab(symptom)}"


def duration(value: timedelta) -> cdk.Duration:
    """Convert a duration of the plan for the CDK, in whole seconds."""
    return cdk.Duration.seconds(int(value.total_seconds()))
