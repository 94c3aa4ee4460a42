"""The stacks of the processes: a state machine with its steps, or several that change together."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.constructs.function_assets import FunctionAssets
from stacks.constructs.machine import Machine
from stacks.constructs.step import DEFAULT, Limits, Step
from stacks.constructs.trigger import Trigger
from stacks.site import Site

CHILDREN = (
    "gather_facts",
    "await_consent",
    "fence_region",
    "promote_database",
    "deploy_service",
    "validate_recovery",
    "switch_traffic",
    "protect_database",
    "protect_restored",
    "compare_damaged",
    "replay_rows",
    "run_hooks",
    "search_recovery_point",
)
"""Machines that other machines run. They share a stack, ``actions``: they are small and change together."""

ROTATION_SQL = ("EndCacheSessions", "RetireUser", "SetPassword", "TryLogin", "TryToken")
"""Functions inside the VPC that steps of a rotation invoke: they alone see passwords."""

ASKED_SQL = {"replay_rows": ("WriteRows",), "database_restore": ("LetAppWrite", "HoldReplay")}
"""SQL functions that steps of a process invoke: no function outside the VPC reads or changes rows."""
BREACH_ASKED = ("ReadAccess", "LiftContainment")
"""Functions of a breach behind no state: one runs SQL, one is invoked by the operator API."""

_OUTSIDE_THE_MACHINE = {
    "breach_response": frozenset(BREACH_ASKED),
    "incident_response": frozenset({"Receive"}),
    "secret_rotation": frozenset(ROTATION_SQL),
    **{process: frozenset(names) for process, names in ASKED_SQL.items()},
}
_LONGER = {
    # Reads two whole tables, whatever their size.
    "CompareTable": Limits(timeout=cdk.Duration.minutes(15)),
    # One batch is one transaction of the application's user, with its own triggers.
    "ReplayTable": Limits(timeout=cdk.Duration.seconds(80)),
    "WriteRows": Limits(timeout=cdk.Duration.seconds(60)),
    # Replay runs for half a sql_timeout within one call, and AdvanceDelayed calls twice.
    "HoldReplay": Limits(timeout=cdk.Duration.seconds(45)),
    "AdvanceDelayed": Limits(timeout=cdk.Duration.seconds(58)),
    # The plan's budget may be eight minutes (model/plan/rules/databases.py), plus one query.
    "WarmTables": Limits(timeout=cdk.Duration.seconds(520)),
}
_ON_A_COLD_VOLUME = {
    "database_restore": ("ReadRestored", "AlignLogins"),
    "restore_replicated": ("ReadRestored", "AlignLogins", "ProveByWrite"),
    "search_recovery_point": ("ReadProbe",),
}
"""SQL functions of a restored instance: timing.cold_sql_timeout may be four minutes (model/plan/rules/timing.py)."""
_COLD = Limits(timeout=cdk.Duration.seconds(300))


def limits_of(process: str, step: str) -> Limits:
    """How long the function behind a state may run. Shorter than its task waits for it."""
    return _COLD if step in _ON_A_COLD_VOLUME.get(process, ()) else _LONGER.get(step, DEFAULT)


class Process(Construct):
    """One state machine and the functions behind its states."""

    def __init__(self, assets: FunctionAssets, scope: Construct, process: str) -> None:
        super().__init__(scope, process)
        inside = assets.site.sources.steps(process) - _OUTSIDE_THE_MACHINE.get(process, frozenset())
        self.steps = {name: Step(assets, self, process, name, limits_of(process, name)) for name in sorted(inside)}
        for step in self.steps.values():
            if step.sql:
                step.keep_warm()
        for name in ASKED_SQL.get(process, ()):
            Step(assets, self, process, name, limits_of(process, name)).keep_warm()
        self.machine = Machine(assets, self, process, self.steps)


class ProcessStack(cdk.Stack):
    """One process, or the small ones together. It imports its region's key; everything else is referred to by name."""

    def __init__(self, scope: Construct, site: Site, part: str, processes: tuple[str, ...], key: kms.IKey) -> None:
        super().__init__(
            scope,
            site.names.stack(part),
            env=site.environment,
            description=f"Lyo DR: {', '.join(process.replace('_', ' ') for process in processes)} in {site.region}",
        )
        self.assets = FunctionAssets(self, site, key)
        self.processes = {process: Process(self.assets, self, process) for process in processes}


class IncidentResponse(ProcessStack):
    """The incident response machine, and the function that receives signals for it."""

    def __init__(self, scope: Construct, site: Site, key: kms.IKey) -> None:
        super().__init__(scope, site, "incident_response", ("incident_response",), key)
        self.trigger = Trigger(self.assets, self)
