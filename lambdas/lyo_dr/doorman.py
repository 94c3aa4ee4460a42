"""What every step has in common: parse the input, run, log the sentence, return plain data.

A step file stays a doorman of a few lines: it names its input and gathers facts through adapters, asks a
pure decision, acts, and puts one sentence on the timeline.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import msgspec

from lyo_dr.adapters import clock, environment, log
from lyo_dr.adapters.aws.table import Table
from lyo_dr.errors import BadSignal
from lyo_dr.incidents.blocks import Blocks
from lyo_dr.incidents.brakes import Brakes
from lyo_dr.incidents.databases import Databases
from lyo_dr.incidents.fences import Fences
from lyo_dr.incidents.outstanding import OutstandingKeys
from lyo_dr.incidents.questions import Questions
from lyo_dr.incidents.samples import Samples
from lyo_dr.incidents.store import Incidents
from lyo_dr.incidents.system import System
from lyo_dr.model.incident import Incident, Line
from lyo_dr.model.names import Names
from lyo_dr.model.plan import Plan

Request = TypeVar("Request", bound=msgspec.Struct)

_PEER_SECONDS = 2.0
"""For connecting to the peer's table, and again for its answer."""


class Handler(Protocol):
    """What Lambda calls."""

    def __call__(self, event: dict[str, Any], context: object = None, /) -> Any:
        """Plain data in, plain data out."""


class Here:
    """Where a step runs: its region, the plan, the names, and what is remembered."""

    def __init__(self, plan: Plan, region: str, step: str) -> None:
        self.plan = plan
        self.region = region
        self.step = step
        self.peer = plan.regions.peer_of(region)
        self.names = Names(plan, region)

    @functools.cached_property
    def incidents(self) -> Incidents:
        """The incidents of this region."""
        return Incidents(self._table)

    @functools.cached_property
    def system(self) -> System:
        """The system record, lease and pause of this region."""
        return System(self._table, self.plan.regions)

    def system_of(self, incident: Incident) -> System:
        """Where the lease of an incident lies: here, or for work in the active region in its standby's table."""
        if incident.lease_region in ("", self.region):
            return self.system
        return self.standby_system

    @functools.cached_property
    def standby_system(self) -> System:
        """The lease as it lies in the table of the other region, for work in the active one."""
        return System(Table(Names(self.plan, self.peer).table, self.peer), self.plan.regions)

    @functools.cached_property
    def databases(self) -> Databases:
        """What is remembered of the databases of this region."""
        return Databases(self._table)

    @functools.cached_property
    def blocks(self) -> Blocks:
        """What incidents of this region hold back."""
        return Blocks(self._table)

    @functools.cached_property
    def questions(self) -> Questions:
        """Questions to people in this region."""
        return Questions(self._table)

    @functools.cached_property
    def outstanding(self) -> OutstandingKeys:
        """What people in this region still have to do for keys of issuers."""
        return OutstandingKeys(self._table)

    @functools.cached_property
    def peer_brakes(self) -> Brakes:
        """Pause and cooldown of the peer, as briefly asked."""
        return Brakes(self._peer_table)

    @functools.cached_property
    def brakes(self) -> Brakes:
        """Pause and cooldown of this region."""
        return Brakes(self._table)

    @functools.cached_property
    def fences(self) -> Fences:
        """What this region knows of fences: of its deposed peer, and of itself."""
        return Fences(self._table)

    @functools.cached_property
    def peer_system(self) -> System:
        """The system record of the peer, which may be gone: one attempt of two seconds."""
        return System(self._peer_table, self.plan.regions)

    def system_in(self, region: str) -> System:
        """The system record, lease and pause of one of the two regions."""
        return self.system if region == self.region else self.peer_system

    @functools.cached_property
    def peer_fences(self) -> Fences:
        """What the peer knows of fences, as briefly asked."""
        return Fences(self._peer_table)

    @functools.cached_property
    def _peer_table(self) -> Table:
        return Table(self.names.table, self.peer, read_seconds=_PEER_SECONDS, attempts=1)

    @functools.cached_property
    def samples(self) -> Samples:
        """The last looks of this region at its peer."""
        return Samples(self._table, self.plan.timing.watch_every)

    @functools.cached_property
    def _table(self) -> Table:
        return Table(self.names.table, self.region)

    def wake(self) -> None:
        """Do beforehand what the first call would otherwise wait for; calls nothing."""
        self._table.wake()

    def now(self) -> datetime:
        """The present moment, UTC."""
        return clock.now()

    @property
    def poll(self) -> int:
        """Whole seconds to wait between two looks (Step Functions waits no fractions)."""
        return whole_seconds(self.plan.timing.poll)

    def tell(self, incident_id: str, sentence: str) -> None:
        """One sentence: on the timeline, and the same in the log."""
        self.incidents.tell(incident_id, Line(at=self.now(), step=self.step, sentence=sentence))
        log.say(sentence, incident=incident_id, step=self.step)


def whole_seconds(span: timedelta) -> int:
    """Rounded up, at least one."""
    return max(1, math.ceil(span.total_seconds()))


def step(name: str, request: type[Request]) -> Callable[[Callable[[Request, Here], Any]], Handler]:
    """Make a Lambda handler of a function ``(request, here) -> result``.

    ``{"warm": true}`` only wakes the function, its client of the table included. Input that does not fit raises
    BadSignal with one sentence.
    """

    def decorate(run: Callable[[Request, Here], Any]) -> Handler:
        @functools.wraps(run)
        def handler(event: dict[str, Any], _context: object = None) -> Any:
            here = Here(environment.plan(), environment.region(), name)
            if event.get("warm") is True:
                here.wake()
                return {"warm": True}
            return msgspec.to_builtins(run(_parse(name, event, request), here))

        return handler

    return decorate


def _parse(name: str, event: dict[str, Any], request: type[Request]) -> Request:
    try:
        return msgspec.convert(event, request)
    except msgspec.ValidationError as fault:
        raise BadSignal(f"{name} was given input that does not fit: {fault}") from None
