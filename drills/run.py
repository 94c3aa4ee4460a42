"""Running a drill from the first process to the last figure. Exit code: 0 passed, 1 missed, 2 could not be run."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.text import Text

from drills.client.process import BookingClientError
from drills.engine.operators import NoQuestionError
from drills.engine.screen import Screen
from drills.report import html
from drills.results import result_json, summary
from drills.results.kinds import kind_of
from drills.results.measure import Measured, measure
from drills.results.path_steps import path_steps
from drills.results.record import Recorded
from drills.results.truth import report_faults
from drills.scenarios.catalogue import DRILLS
from drills.scenarios.spec import Drill
from drills.stop_signals import ended_by_signals
from drills.terminal import Row
from drills.world.addresses import NoPlaceError
from drills.world.own_system import OwnSystem, UnfitSystem
from drills.world.synth import SynthesisFailed
from drills.world.world import World, WorldNotReadyError
from local_aws.data_plane.processes import ProcessError
from local_aws.deploy import DeployFailed
from local_aws.local import LocalAwsError
from local_aws.rds.binaries import BinariesMissing
from lyo_dr.model.plan import Plan

__all__ = ["DRILLS", "Finished", "perform", "run_drill"]

PASSED, MISSED, CANNOT_RUN, STOPPED = 0, 1, 2, 130
_CANNOT_RUN = (
    BinariesMissing,
    DeployFailed,
    LocalAwsError,
    BookingClientError,
    NoQuestionError,
    NoPlaceError,
    ProcessError,
    SynthesisFailed,
    UnfitSystem,
    WorldNotReadyError,
)


@dataclass(frozen=True)
class Finished:
    """How a drill ended: its exit code, how long all of it took, and its result unless it could not be run."""

    code: int
    seconds: float
    result: dict[str, Any] = field(default_factory=dict)


def run_drill(
    name: str,
    plan: Plan,
    results: Path,
    console: Console,
    *,
    aws_timing: bool = False,
    own: OwnSystem | None = None,
) -> int:
    """Run one drill by name; prints as it goes, writes ``drill.json`` and ``drill.html`` into ``<results>/<name>``.

    ``own`` is rehearsed instead of the built-in application.
    """
    if name not in DRILLS:
        console.print(Row("", f"There is no drill {name!r}; there is {', '.join(sorted(DRILLS))}."))
        return CANNOT_RUN
    return perform(DRILLS[name], plan, results, console, aws_timing=aws_timing, own=own).code


def _world(drill: Drill, plan: Plan, screen: Screen, aws_timing: bool, own: OwnSystem) -> World:
    return World(
        drill.customer(plan),
        screen.stage,
        adjust=drill.rehearsed,
        aws_timing=aws_timing,
        both_ways=drill.both_ways,
        active=drill.scenario.in_active,
        own=own,
    )


def perform(
    drill: Drill,
    plan: Plan,
    results: Path,
    console: Console,
    *,
    aws_timing: bool = False,
    own: OwnSystem | None = None,
) -> Finished:
    """Run a drill: bring a world up, let it happen, take everything down, judge, write and print the result.

    What the plan lacks for it is said before anything is started.
    """
    started, system = time.monotonic(), own or OwnSystem()
    if missing := drill.missing(plan, system):
        for sentence in missing:
            console.print(Row(Text("The drill could not be run: ", "bold red"), sentence))
        return Finished(CANNOT_RUN, 0.0)
    try:
        with (
            ended_by_signals(),
            Screen(console) as screen,
            _world(drill, plan, screen, aws_timing, system) as world,
        ):
            recorded = drill.run(world, screen)
            screen.stage("Shutting down")
    except _CANNOT_RUN as reason:
        console.print(Row(Text("The drill could not be run: ", "bold red"), str(reason)))
        return Finished(CANNOT_RUN, time.monotonic() - started)
    except KeyboardInterrupt:
        console.print("Stopped on request; everything that was started is ended.")
        return Finished(STOPPED, time.monotonic() - started)
    seconds = time.monotonic() - started
    recorded.stage_seconds["total"] = round(seconds, 2)
    result = _conclude(drill, recorded, plan, results / drill.name / "drill.json", console)
    return Finished(PASSED if result["passed"] else MISSED, seconds, result)


def _conclude(drill: Drill, recorded: Recorded, plan: Plan, path: Path, console: Console) -> dict[str, Any]:
    """Measure, judge, and write; a report that shows anything else than the client's record fails the drill, too."""
    measured = measure(recorded, path_steps(kind_of(recorded)))
    missed = drill.expectations(recorded, measured, plan.objectives)
    result = _result(recorded, measured, plan, missed)
    if untrue := report_faults(result, recorded.attempts, recorded.fault_at):
        result = _result(recorded, measured, plan, [*missed, *untrue])
    result_json.write(path, result)
    html.write(path.with_name("drill.html"), result)
    summary.print_summary(console, result, path)
    return result


def _result(recorded: Recorded, measured: Measured, plan: Plan, missed: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = msgspec.to_builtins(result_json.as_json(recorded, measured, plan, missed))
    return result
