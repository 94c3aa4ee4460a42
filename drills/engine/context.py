"""What every drill has in common: a client that books, somebody who looks from outside, and the incident followed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import psycopg

from drills.client.process import BookingClient
from drills.engine.incident_view import IncidentView
from drills.engine.observer import Observer
from drills.engine.screen import ClientTail, Screen
from drills.intruder.process import Intruder
from drills.results.record import Before, TimelineLine
from drills.world.addresses import FRONT_PORT
from drills.world.issuer import Issuer
from drills.world.onboard import master_dsn
from drills.world.world import World

_DEADLINE_SECONDS = 180.0
_STRETCHED_DEADLINE_SECONDS = 600.0
_LOOK_SECONDS = 0.2


def _nothing(_scene: DrillContext) -> None:
    """Nothing happens."""


class DrillContext:
    """A drill under way. Every wait ends after three minutes at the latest, ten with AWS's modelled durations."""

    def __init__(self, world: World, screen: Screen, *, followed: str | None = None) -> None:
        """``followed`` is the region that works on the incident: the secondary, unless another is named."""
        self.world = world
        self.screen = screen
        self.primary, self.secondary = world.plan.regions.pair
        self.notes: dict[str, Any] = {}
        self.attempts = world.directory / "attempts.jsonl"
        self.followed = followed or self.secondary
        self.view = IncidentView(world, world.names(self.followed))
        # Asked while all regions live: the address of a database is told by its region.
        self._dsn = {region: master_dsn(world, world.plan, world.plan.databases[0], region) for region in self.pair}
        self._tail = ClientTail(self.attempts)
        self.intruder: Intruder | None = None
        """Who is inside, in a drill in which somebody is."""
        self.before: Before | None = None
        """What a rotation found; None where nothing was rotated."""
        self.issuer: Issuer | None = None
        """Whoever gives out keys, in a drill in which one leaks."""
        self.also: list[TimelineLine] = []
        """Sentences of something else that happened beside the incident."""
        self.returned_at: float | None = None
        """When the lost region came back, in a drill in which it does."""

    def look_up(self, region: str) -> None:
        """Ask anew for the address of a region's database."""
        self._dsn[region] = master_dsn(self.world, self.world.plan, self.world.plan.databases[0], region)

    @property
    def pair(self) -> tuple[str, str]:
        """Both regions."""
        return self.primary, self.secondary

    def client(self, rate: float) -> BookingClient:
        """Whoever books through the front name, ``rate`` times a second."""
        places, name = self.world.places, self.world.plan.traffic.name
        return BookingClient(resolver=places.resolver, name=name, port=FRONT_PORT, out=self.attempts, rate=rate)

    def observer(self) -> Observer:
        """Whoever looks at the recovery region from outside."""
        plan = self.world.plan
        service = plan.services[0]
        return Observer(
            dsn=self._dsn[self.followed],
            ready_url=service.places[self.followed].url + service.ready_path,
            name=plan.traffic.name,
            resolver=self.world.places.resolver,
            address=self.world.places.front(1),
        )

    def let_pass(self, seconds: float) -> None:
        """Let time pass while the client's success is shown."""
        end = time.monotonic() + seconds
        while True:
            self.screen.client(self._tail.seconds())
            left = end - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.5))

    def wait_until(self, holds: Callable[[], bool], seconds: float | None = None) -> bool:
        """Wait for it while the client's success is shown; whether it came true in time."""
        longest = _STRETCHED_DEADLINE_SECONDS if self.world.aws_timing else _DEADLINE_SECONDS
        deadline = time.monotonic() + (longest if seconds is None else seconds)
        while not holds():
            if time.monotonic() > deadline:
                return False
            self.let_pass(_LOOK_SECONDS)
        return True

    def books(self) -> bool:
        """Whether the client's last whole second was without a failure."""
        seconds = self._tail.seconds()
        return len(seconds) > 1 and seconds[-2][1] > 0 and seconds[-2][2] == 0

    def follow(
        self,
        since: float,
        at: Mapping[str, Callable[[DrillContext], None]] | None = None,
        patience: float = _DEADLINE_SECONDS,
    ) -> tuple[str | None, list[TimelineLine]]:
        """Until the incident has ended, or the deadline: an incident that never comes is a result, too.

        ``at`` says what happens when a step speaks for the first time.
        """
        lines: list[TimelineLine] = []
        if not self.wait_until(lambda: self.view.newest(since) is not None, patience):
            return None, lines
        found = self.view.newest(since)
        waiting = dict(at or {})

        def ended() -> bool:
            over = found is not None and self.view.status(found) != "RUNNING"
            for line in self.new_lines(found):
                lines.append(line)
                waiting.pop(line.step, _nothing)(self)
            return over

        self.wait_until(ended)
        return found, lines

    def new_lines(self, incident_id: str | None) -> list[TimelineLine]:
        """Sentences that have come since the last look; each is shown."""
        lines = self.view.lines(incident_id) if incident_id else []
        for line in lines:
            self.screen.line(line)
        return lines

    def afterwards(self) -> dict[str, str]:
        """How what runs on after the incident has ended, by name."""
        self.wait_until(lambda: all(status != "RUNNING" for status in self.view.others().values()))
        return self.view.others()

    def master_dsn(self, region: str) -> str:
        """How the master user reaches the first database in a region."""
        return self._dsn[region]

    def sql(self, region: str) -> psycopg.Connection[Any]:
        """A connection as the master user to the database in a region."""
        return psycopg.connect(self._dsn[region], connect_timeout=5, autocommit=True)

    def read_address_again(self, region: str) -> None:
        """The database of a region has moved: it is where the app's secret leads now."""
        store, plan = self.world.client("secretsmanager", region), self.world.plan
        secret = next(secret for secret in plan.secrets if "DATABASE_URL" in secret.keys)
        url = urlsplit(json.loads(store.get_secret_value(SecretId=secret.name)["SecretString"])["DATABASE_URL"])
        self._dsn[region] = psycopg.conninfo.make_conninfo(self._dsn[region], host=url.hostname, port=url.port)

    def rows(self, region: str) -> list[tuple[str, datetime]]:
        """Every booking in a region's database, whichever its role; none when it does not answer."""
        try:
            with psycopg.connect(self._dsn[region], connect_timeout=5) as connection:
                found = connection.execute("select id, created_at from lyo_appointments").fetchall()
        except psycopg.Error:
            return []
        return [(str(row[0]), row[1]) for row in found]
