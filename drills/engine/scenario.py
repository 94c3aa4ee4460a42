"""One disaster as a value: what is broken before, at, and after the moment that counts. Played, it is a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from drills.client.attempt_log import read
from drills.engine.context import DrillContext
from drills.engine.screen import Screen
from drills.results.record import Recorded, TimelineLine
from drills.scenarios.region_loss import region_return
from drills.scenarios.rotation import rotation
from drills.world.world import World

_BEFORE_SECONDS = 6.0
_AFTER_SECONDS = 4.0


def _nothing(_scene: DrillContext) -> None:
    """Nobody does anything."""


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """What happens. ``strike`` breaks something and returns the moment just before (epoch seconds)."""

    strike: Callable[[DrillContext], float]
    prepare: Callable[[DrillContext], None] = _nothing
    """Before anybody books: what is broken already, unseen."""
    meanwhile: Callable[[DrillContext], None] = _nothing
    """Right after the strike."""
    repair: Callable[[DrillContext], None] = _nothing
    """After the incident has ended."""
    at: Mapping[str, Callable[[DrillContext], None]] = field(default_factory=dict)
    """What happens when a step speaks for the first time, by the step's name."""
    patience: float = 180.0
    """How long an incident is waited for (seconds); where none is expected, how long nothing may happen."""
    rate: float = 20.0
    """Bookings a second; a database that is hardly used is one that is nearly idle."""
    look: Callable[[DrillContext], dict[str, str]] = lambda _scene: {}
    """In the end: what to keep for the judge."""
    primary_lives: bool = False
    """Whether the primary's database goes on: then its rows are held against the bookings."""
    in_active: bool = False
    """Whether the active region works on the incident: its data is wrong, and it lives."""


def run(name: str, scenario: Scenario, world: World, screen: Screen) -> Recorded:
    """Book, break, watch, book on, compare."""
    scene = DrillContext(world, screen, followed=world.plan.regions.primary if scenario.in_active else None)
    scenario.prepare(scene)
    with scene.client(scenario.rate):
        screen.stage(f"A client books through {world.plan.traffic.name}")
        scene.let_pass(_BEFORE_SECONDS)
        fault_at = scenario.strike(scene)
        with scene.observer() as observer:
            scenario.meanwhile(scene)
            incident_id, lines = scene.follow(fault_at, scenario.at, scenario.patience)
            scenario.repair(scene)
            scene.let_pass(_AFTER_SECONDS)
            after = scene.afterwards()
            lines += scene.new_lines(incident_id)
            found = scenario.look(scene)
            seen = observer.seen()
            lines += scene.also
            returned = region_return.look(scene, incident_id) if incident_id and scene.returned_at else None
        rotated = rotation.look(scene, scene.before) if scene.before else None
    region = scene.primary if scenario.primary_lives or scenario.in_active else scene.secondary
    head = scene.view.head(incident_id) if incident_id else {}
    return Recorded(
        drill=name,
        plan=world.plan,
        changes=world.rehearsal.changes,
        clock=world.clock,
        lost_region=scene.primary if scene.primary in world.lost else "",
        recovery_region=scene.followed,
        fault_at=fault_at,
        signal_at=datetime.fromisoformat(head["outage_start"]).timestamp() if "outage_start" in head else fault_at,
        incident_id=incident_id or "",
        ending=str(head.get("ending", "")),
        predicted_loss_seconds=_seconds(head.get("predicted_loss_ms")),
        timeline=tuple(_in_order(lines)),
        calls=tuple(world.aws.calls()),
        attempts=tuple(read(scene.attempts)),
        rows=tuple(scene.rows(region)),
        seen=seen,
        after=after,
        returned=returned,
        rotated=rotated,
        state=world.host.state(),
        found=found,
        looks=scene.view.looks(fault_at) if incident_id else {},
        aws_timing=world.aws_timing,
        stage_seconds=world.stage_seconds,
        opened=scene.view.opened(fault_at),
        notes=scene.notes,
    )


def _seconds(milliseconds: str | None) -> float | None:
    """A number as the table holds it; an incident without one says NULL, which reads as True."""
    return float(milliseconds) / 1000 if isinstance(milliseconds, str) else None


def _in_order(lines: list[TimelineLine]) -> list[TimelineLine]:
    """As they were said: what was written side by side may have been read in another order."""
    return sorted(lines, key=lambda line: line.at)
