"""``region-loss``: everything of the primary region goes at once, and nobody touches anything."""

from __future__ import annotations

import time
from datetime import datetime

import psycopg

from lyo_dr.model.plan import Plan
from rehearsal.client.ledger import read
from rehearsal.client.process import BookingClient
from rehearsal.drill.incident import IncidentView
from rehearsal.drill.observe import Observer
from rehearsal.drill.onboard import master_dsn
from rehearsal.drill.places import FRONT_PORT
from rehearsal.drill.record import Recorded, Seen, TimelineLine
from rehearsal.drill.show import ClientTail, Screen
from rehearsal.drill.world import World

_BEFORE_SECONDS = 6.0
_AFTER_SECONDS = 4.0
_DEADLINE_SECONDS = 180.0
_LOOK_SECONDS = 0.2


def region_loss(world: World, screen: Screen) -> Recorded:
    """Book, lose the region, watch, book on, compare."""
    primary, secondary = world.plan.regions.pair
    view = IncidentView(world, world.names(secondary))
    attempts = world.directory / "attempts.jsonl"
    dsn = master_dsn(world, world.plan, world.plan.databases[0], secondary)
    client = BookingClient(resolver=world.places.resolver, name=world.plan.traffic.name, port=FRONT_PORT, out=attempts)
    tail = ClientTail(attempts)
    with client:
        screen.stage(f"A client books through {world.plan.traffic.name}")
        _pass(_BEFORE_SECONDS, screen, tail)
        fault_at = world.lose_region(primary)
        screen.fault(fault_at, f"{primary} is lost: databases, tasks, load balancer, functions and API")
        with _observer(world, dsn) as observer:
            incident_id, lines = _follow(view, fault_at, screen, tail)
            _pass(_AFTER_SECONDS, screen, tail)
            after = _finished(view, screen, tail)
            lines += _new_lines(view, incident_id, screen)
            seen = observer.seen()
    head = view.head(incident_id) if incident_id else {}
    return Recorded(
        drill="region-loss",
        plan=world.plan,
        changes=world.rehearsal.changes,
        clock=world.clock,
        lost_region=primary,
        recovery_region=secondary,
        fault_at=fault_at,
        signal_at=datetime.fromisoformat(head["outage_start"]).timestamp() if "outage_start" in head else fault_at,
        incident_id=incident_id or "",
        ending=str(head.get("ending", "")),
        predicted_loss_seconds=float(head["predicted_loss_ms"]) / 1000 if "predicted_loss_ms" in head else None,
        timeline=tuple(lines),
        calls=tuple(world.aws.calls()),
        attempts=tuple(read(attempts)),
        rows=tuple(_rows(dsn, seen)),
        seen=seen,
        after=after,
        stage_seconds=world.stage_seconds,
    )


def _observer(world: World, dsn: str) -> Observer:
    plan: Plan = world.plan
    place = plan.services[0].places[plan.regions.secondary]
    return Observer(
        dsn=dsn,
        ready_url=place.url + plan.services[0].ready_path,
        name=plan.traffic.name,
        resolver=world.places.resolver,
        address=world.places.front(1),
    )


def _follow(
    view: IncidentView, since: float, screen: Screen, tail: ClientTail
) -> tuple[str | None, list[TimelineLine]]:
    """Until the incident has ended, or the deadline: an incident that never comes is a result, too."""
    deadline = time.monotonic() + _DEADLINE_SECONDS
    incident_id: str | None = None
    lines: list[TimelineLine] = []
    while time.monotonic() < deadline:
        incident_id = incident_id or view.newest(since)
        ended = incident_id is not None and view.status(incident_id) != "RUNNING"
        lines += _new_lines(view, incident_id, screen)
        if ended:
            break
        _pass(_LOOK_SECONDS, screen, tail)
    return incident_id, lines


def _new_lines(view: IncidentView, incident_id: str | None, screen: Screen) -> list[TimelineLine]:
    lines = view.lines(incident_id) if incident_id else []
    for line in lines:
        screen.line(line)
    return lines


def _finished(view: IncidentView, screen: Screen, tail: ClientTail) -> dict[str, str]:
    """What runs on after the incident, once it has ended, too."""
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while time.monotonic() < deadline:
        others = view.others()
        if all(status != "RUNNING" for status in others.values()):
            return others
        _pass(_LOOK_SECONDS, screen, tail)
    return view.others()


def _pass(seconds: float, screen: Screen, tail: ClientTail) -> None:
    """Let time pass while the client's success is shown."""
    end = time.monotonic() + seconds
    while True:
        screen.client(tail.seconds())
        left = end - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(left, 0.5))


def _rows(dsn: str, seen: Seen) -> list[tuple[str, datetime]]:
    """Every booking in the promoted database; none when it never became writable."""
    if seen.database_writable is None:
        return []
    with psycopg.connect(dsn, connect_timeout=5) as connection:
        return [
            (str(row[0]), row[1])
            for row in connection.execute("select id, created_at from lyo_appointments").fetchall()
        ]
