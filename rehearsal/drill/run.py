"""Running a drill from the first process to the last figure. Exit code: 0 passed, 1 missed, 2 could not be run."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec
from rich.console import Console

from lyo_dr.model.plan import Plan
from rehearsal.aws.deploy import DeployFailed
from rehearsal.aws.local import LocalAwsError
from rehearsal.client.process import BookingClientError
from rehearsal.data.processes import ProcessError
from rehearsal.drill import judge, report
from rehearsal.drill.measure import measure
from rehearsal.drill.places import NoPlaceError
from rehearsal.drill.record import Recorded
from rehearsal.drill.region_loss import region_loss
from rehearsal.drill.show import Screen
from rehearsal.drill.steps import path_steps
from rehearsal.drill.world import World, WorldNotReadyError
from rehearsal.synth import SynthesisFailed

DRILLS: dict[str, Callable[[World, Screen], Recorded]] = {"region-loss": region_loss}
_CANNOT_RUN = (
    DeployFailed,
    LocalAwsError,
    BookingClientError,
    NoPlaceError,
    ProcessError,
    SynthesisFailed,
    WorldNotReadyError,
)


def run_drill(name: str, plan: Plan, results: Path, console: Console) -> int:
    """Run one drill by name; prints as it goes, writes ``<results>/<name>/drill.json``."""
    if name not in DRILLS:
        console.print(f"There is no drill {name!r}; there is {', '.join(sorted(DRILLS))}.")
        return 2
    started = time.monotonic()
    try:
        with _ended_by_sigterm(), Screen(console) as screen, World(plan, screen.stage) as world:
            recorded = DRILLS[name](world, screen)
            steps = path_steps()
            screen.stage("Taking everything down")
    except _CANNOT_RUN as reason:
        console.print(f"[bold red]The drill could not be run:[/bold red] {reason}")
        return 2
    except KeyboardInterrupt:
        console.print("Stopped on request; everything that was started is ended.")
        return 130
    recorded.stage_seconds["total"] = round(time.monotonic() - started, 2)
    return _conclude(recorded, plan, steps, results / name / "drill.json", console)


def _conclude(recorded: Recorded, plan: Plan, steps: set[str], path: Path, console: Console) -> int:
    measured = measure(recorded, steps)
    missed = judge.misses(recorded, measured, plan.objectives)
    result: dict[str, Any] = msgspec.to_builtins(report.as_json(recorded, measured, plan.objectives, missed))
    report.write(path, result)
    report.summarise(console, result, path)
    return 1 if missed else 0


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends a drill as Ctrl-C does: everything is taken down."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
