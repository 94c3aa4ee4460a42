"""Context of a drill: the world, a client that books, an observer outside the product, and the incident followed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import psycopg

from drills.client.process import BookingClient
from drills.engine.incident_view import IncidentView
from drills.engine.observer import Observer
from drills.engine.screen import ClientTail, Screen
from drills.results.record import TimelineLine
from drills.world.addresses import FRONT_PORT
from drills.world.app_logins import app_login, connection_string
from drills.world.onboard import master_dsn
from drills.world.own_system import UnfitSystem
from drills.world.world import World
from lyo_dr.model.tables.names import quoted

_CATEGORY = """
select t.typcategory from pg_attribute a join pg_type t on t.oid = a.atttypid
where a.attrelid = %s::regclass and a.attname = %s and not a.attisdropped
"""
_DEADLINE_SECONDS = 180.0
_STRETCHED_DEADLINE_SECONDS = 600.0
_MESSAGES_SECONDS = 20.0
_POLL_SECONDS = 0.2
StateT = TypeVar("StateT")


def _nothing(_ctx: DrillContext) -> None:
    """Do nothing."""


class DrillContext:
    """A drill in progress. Every wait times out after three minutes, or ten with AWS's modelled durations."""

    def __init__(self, world: World, screen: Screen, *, followed: str | None = None) -> None:
        """``followed`` is the region that handles the incident; by default the secondary."""
        self.world = world
        self.screen = screen
        self.primary, self.secondary = world.plan.regions.pair
        self.notes: dict[str, Any] = {}
        """Written into the result of the drill; secrets belong into ``state``."""
        self.incident_id: str | None = None
        """The incident of the drill once it was followed; None before, and where none was opened."""
        self.attempts = world.directory / "attempts.jsonl"
        self.followed = followed or self.secondary
        self.view = IncidentView(world, world.names(self.followed))
        # Read while all regions are up: the API of a database's region returns its address.
        self._dsn = {region: master_dsn(world, world.plan, world.plan.databases[0], region) for region in self.pair}
        self._tail = ClientTail(self.attempts)
        self.other_lines: list[TimelineLine] = []
        """Timeline lines of other processes than the incident, e.g. of a rotation."""
        self._states: dict[type[Any], Any] = {}

    def state(self, kind: type[StateT]) -> StateT:
        """A scenario's own state for this drill, created at first use; never written to a result."""
        found: StateT = self._states.setdefault(kind, kind())
        return found

    def refresh_address(self, region: str) -> None:
        """Read the address of a region's database again."""
        self._dsn[region] = master_dsn(self.world, self.world.plan, self.world.plan.databases[0], region)

    @property
    def pair(self) -> tuple[str, str]:
        """Both regions."""
        return self.primary, self.secondary

    def client(self, rate: float, deadline: float) -> BookingClient:
        """A client that books through the front name, ``rate`` times per second; an attempt has ``deadline`` s."""
        addresses, name, own = self.world.addresses, self.world.plan.main_front().name, self.world.own
        return BookingClient(
            resolver=addresses.resolver,
            name=name,
            port=FRONT_PORT,
            out=self.attempts,
            rate=rate,
            deadline=deadline,
            path=own.rehearsal.load.path,
            ids="number" if self._ids_are_numbers() else "uuid",
            script=own.load,
        )

    def _ids_are_numbers(self) -> bool:
        table = self.world.table
        with self.sql(self.primary) as connection:
            row = connection.execute(_CATEGORY, [table.place.sql, table.id]).fetchone()
        if row is None:
            raise UnfitSystem(f"table {table.place.name} has no column {table.id!r}; name another as rehearsal.id")
        return bool(row[0] == "N")

    def observer(self) -> Observer:
        """An observer of the recovery region, outside the product."""
        plan = self.world.plan
        service = plan.front_service()
        return Observer(
            dsn=self._dsn[self.followed],
            ready_url=service.ready_url(self.followed),
            names=[front.name for front in plan.fronts()],
            resolver=self.world.addresses.resolver,
            address=self.world.addresses.front(1),
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
        """Poll a condition while the client's success is shown; False after the timeout."""
        longest = _STRETCHED_DEADLINE_SECONDS if self.world.aws_timing else _DEADLINE_SECONDS
        deadline = time.monotonic() + (longest if seconds is None else seconds)
        while not holds():
            if time.monotonic() > deadline:
                return False
            self.let_pass(_POLL_SECONDS)
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
        longest: float | None = None,
    ) -> tuple[str | None, list[TimelineLine]]:
        """Follow the incident to its end or the deadline; returns its id and lines, None where no incident was opened.

        ``at`` holds hooks by the name of a step, called at its first line; ``longest`` is the deadline in seconds.
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

        self.wait_until(ended, None if self.world.aws_timing else longest)
        return found, lines

    def new_lines(self, incident_id: str | None) -> list[TimelineLine]:
        """Timeline lines since the last call; prints each."""
        lines = self.view.lines(incident_id) if incident_id else []
        for line in lines:
            self.screen.line(line)
        return lines

    def messages_sent(self, seconds: float = _MESSAGES_SECONDS) -> bool:
        """Wait until nothing waits in the outbox: messages are sent beside the incident; False after the timeout."""
        return self.wait_until(lambda: self.view.messages_waiting() == 0, seconds)

    def afterwards(self) -> dict[str, str]:
        """Status of the executions that outlive the incident, by name, once all have ended."""
        self.wait_until(lambda: all(status != "RUNNING" for status in self.view.others().values()))
        return self.view.others()

    def master_dsn(self, region: str) -> str:
        """The connection string of the master user for the first database in a region."""
        return self._dsn[region]

    def sql(self, region: str) -> psycopg.Connection[Any]:
        """A connection as the master user to the database in a region."""
        return psycopg.connect(self._dsn[region], connect_timeout=5, autocommit=True)

    def read_address_again(self, region: str) -> None:
        """Take the address of a region's database from the app's secret, after a restore has moved it."""
        store, plan = self.world.client("secretsmanager", region), self.world.plan
        secret, login = app_login(plan)
        held = json.loads(store.get_secret_value(SecretId=secret.name_in(region))["SecretString"])
        now = psycopg.conninfo.conninfo_to_dict(connection_string(held, login))
        self._dsn[region] = psycopg.conninfo.make_conninfo(self._dsn[region], host=now["host"], port=now["port"])

    def rows(self, region: str) -> list[tuple[str, datetime]]:
        """Every booking in a region's database, replica or not; empty when it does not answer."""
        table = self.world.table
        time = "clock_timestamp()" if table.time is None else quoted(table.time)
        rows = f"select {table.id_sql}, {time} from {table.place.sql}"  # noqa: S608 - names of the plan, quoted
        try:
            with psycopg.connect(self._dsn[region], connect_timeout=5) as connection:
                found = connection.execute(rows.encode()).fetchall()
        except psycopg.Error:
            return []
        return [(str(row[0]), row[1]) for row in found]
