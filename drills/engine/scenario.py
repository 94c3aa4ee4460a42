"""One disaster as a value, in chaos engineering's words: prepare, inject, recover, collect. A run gives a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from drills.client.attempt_log import read
from drills.client.booking import DEADLINE_SECONDS
from drills.engine.context import DrillContext
from drills.engine.screen import Screen
from drills.results.record import Recorded, TimelineLine
from drills.world.world import World

PATIENT = 5.0
"""Seconds for one attempt in drills in which no booking may fail."""

_BEFORE_SECONDS = 6.0
_AFTER_SECONDS = 4.0


def _nothing(_ctx: DrillContext) -> None:
    """Do nothing."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What happens in a drill. All hooks get the context of the drill."""

    inject: Callable[[DrillContext], float]
    """Inject the fault; returns the time just before it (epoch seconds)."""
    prepare: Callable[[DrillContext], None] = _nothing
    """Before the client books: existing damage that no monitoring has noticed."""
    during: Callable[[DrillContext], None] = _nothing
    """Right after the fault."""
    recover: Callable[[DrillContext], None] = _nothing
    """After the incident has ended."""
    at: Mapping[str, Callable[[DrillContext], None]] = field(default_factory=dict)
    """Hooks by the name of a step, called when it writes to the timeline for the first time."""
    patience: float = 180.0
    """How long to wait for an incident (seconds); where none is expected, how long nothing may happen."""
    longest: float | None = None
    """How long the incident may take (seconds), if longer than other drills wait."""
    rate: float = 20.0
    """Bookings per second; few of them leave the database nearly idle."""
    deadline: float = DEADLINE_SECONDS
    """Seconds for one attempt of the client. Where nobody may notice anything, one is patient: a slow laptop is
    no failed booking."""
    collect: Callable[[DrillContext], Mapping[str, Any]] = lambda _ctx: {}
    """Collect findings by name at the end, for this scenario's expectations; in ``Recorded.found``."""
    primary_lives: bool = False
    """Whether the primary's database survives: then its rows are compared with the bookings."""
    in_active: bool = False
    """Whether the active region handles the incident: its data is wrong, the region itself is up."""


def run(name: str, scenario: Scenario, world: World, screen: Screen) -> Recorded:
    """Book, inject the fault, follow the incident, keep booking, collect."""
    ctx = DrillContext(world, screen, followed=world.plan.regions.primary if scenario.in_active else None)
    scenario.prepare(ctx)
    with ctx.client(scenario.rate, scenario.deadline):
        screen.stage(f"A client books through {world.plan.main_front().name}")
        ctx.let_pass(_BEFORE_SECONDS)
        fault_at = scenario.inject(ctx)
        with ctx.observer() as observer:
            scenario.during(ctx)
            incident_id, lines = ctx.follow(fault_at, scenario.at, scenario.patience, scenario.longest)
            ctx.incident_id = incident_id
            scenario.recover(ctx)
            ctx.let_pass(_AFTER_SECONDS)
            after = ctx.afterwards()
            ctx.messages_sent()
            lines += ctx.new_lines(incident_id)
            found = scenario.collect(ctx)
            seen = observer.seen()
            lines += ctx.other_lines
    region = ctx.primary if scenario.primary_lives or scenario.in_active else ctx.secondary
    head = ctx.view.head(incident_id) if incident_id else {}
    return Recorded(
        drill=name,
        plan=world.plan,
        changes=world.rehearsal.changes,
        clock=world.clock,
        lost_region=ctx.primary if ctx.primary in world.lost else "",
        recovery_region=ctx.followed,
        fault_at=fault_at,
        signal_at=datetime.fromisoformat(head["outage_start"]).timestamp() if "outage_start" in head else fault_at,
        incident_id=incident_id or "",
        ending=str(head.get("ending", "")),
        predicted_loss_seconds=_seconds(head.get("predicted_loss_ms")),
        timeline=tuple(_in_order(lines)),
        calls=tuple(world.aws.calls()),
        attempts=tuple(read(ctx.attempts)),
        rows=tuple(ctx.rows(region)),
        seen=seen,
        after=after,
        state=world.host.state(),
        found=found,
        observations=ctx.view.observations(fault_at) if incident_id else {},
        aws_timing=world.aws_timing,
        stage_seconds=world.stage_seconds,
        opened=ctx.view.opened(fault_at),
        notes=ctx.notes,
    )


def _seconds(milliseconds: str | None) -> float | None:
    """Convert a number of the table; an incident without one holds NULL, which reads as True."""
    return float(milliseconds) / 1000 if isinstance(milliseconds, str) else None


def _in_order(lines: list[TimelineLine]) -> list[TimelineLine]:
    """By time: lines written in parallel may have been read in another order."""
    return sorted(lines, key=lambda line: line.at)
