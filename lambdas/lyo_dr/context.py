"""Context of a step: its region, the plan, resource names, and the stores of both regions."""

from __future__ import annotations

import functools
import math
from datetime import datetime, timedelta

from lyo_dr.adapters import clock, log
from lyo_dr.adapters.clock import Stopwatch
from lyo_dr.decisions.common.pause import paused_between
from lyo_dr.errors import LyoDrError
from lyo_dr.model.deadline import Deadline
from lyo_dr.model.incident import Incident, Line
from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from lyo_dr.store.control_state import ControlState
from lyo_dr.store.lifetimes import ExpiringTable
from lyo_dr.store.outbox import Outbox
from lyo_dr.store.region_store import RegionStore

_PEER_SECONDS = 2.0
"""Connect timeout of the peer's table, and again its read timeout."""
_BRIEF_SECONDS = 1.0

_OUTBOX_SECONDS = 2.0


class StepContext:
    """Where a step runs. ``store`` is this region's table, ``peer`` the other one's with short timeouts,
    ``standby`` the other one's with ordinary timeouts, for work in the active region whose lease lies there."""

    def __init__(self, plan: Plan, region: str, step: str) -> None:
        self.plan = plan
        self.region = region
        self.step = step
        self.peer_region = plan.regions.peer_of(region)
        self.names = ResourceNames(plan, region)

    @functools.cached_property
    def store(self) -> RegionStore:
        """State stored in this region."""
        return RegionStore(ExpiringTable(self.names.table, self.region), self.plan)

    @functools.cached_property
    def outbox(self) -> Outbox:
        """Messages to people, in this region's table: seven seconds at most where it is silent, for no step waits."""
        return Outbox(ExpiringTable(self.names.table, self.region, read_seconds=_OUTBOX_SECONDS, attempts=3))

    @functools.cached_property
    def peer(self) -> RegionStore:
        """State stored in the other region, which may be down: read with short timeouts, one attempt of two seconds."""
        return RegionStore(
            ExpiringTable(self.names.table, self.peer_region, read_seconds=_PEER_SECONDS, attempts=1), self.plan
        )

    @functools.cached_property
    def brief(self) -> RegionStore:
        """State stored in this region, for what may be left out: one attempt, one second to connect, one to read."""
        return RegionStore(
            ExpiringTable(self.names.table, self.region, read_seconds=_BRIEF_SECONDS, attempts=1), self.plan
        )

    @functools.cached_property
    def standby(self) -> RegionStore:
        """The other region's table with ordinary timeouts: it holds the lease of work in the active region."""
        return RegionStore(ExpiringTable(ResourceNames(self.plan, self.peer_region).table, self.peer_region), self.plan)

    def lease_control(self, incident: Incident) -> ControlState:
        """Where the lease of an incident lies: in this region, or in its standby for work in the active region."""
        return self.store.control if incident.lease_region in ("", self.region) else self.standby.control

    def control_in(self, region: str) -> ControlState:
        """System record, lease and pause of one of the two regions."""
        return self.store.control if region == self.region else self.peer.control

    def limit_to(self, stopwatch: Stopwatch) -> None:
        """From here on every call of this region's table is made within the stopwatch, and once."""
        self.store = RegionStore(ExpiringTable(self.names.table, self.region, stopwatch=stopwatch), self.plan)

    def prewarm(self) -> None:
        """Prewarm what the first call would otherwise wait for; calls nothing."""
        self.store.prewarm()

    def now(self) -> datetime:
        """The current time, UTC."""
        return clock.now()

    @property
    def poll(self) -> int:
        """Whole seconds to wait between two checks (Step Functions waits no fractions)."""
        return whole_seconds(self.plan.timing.poll)

    def deadline(self, started_at: datetime, budget: timedelta) -> Deadline:
        """The time a stage has, as of now; the time the automation was paused here does not count."""
        return self._deadline(self.store, started_at, budget)

    def brief_deadline(self, started_at: datetime, budget: timedelta) -> Deadline:
        """The same where the table may be silent: a pause that cannot be read does not lengthen the stage."""
        try:
            return self._deadline(self.brief, started_at, budget)
        except LyoDrError:
            return Deadline(started_at=started_at, budget=budget, now=self.now(), poll=self.poll)

    def _deadline(self, store: RegionStore, started_at: datetime, budget: timedelta) -> Deadline:
        now = self.now()
        paused = paused_between(store.control.pauses(), started_at, now)
        return Deadline(started_at=started_at, budget=budget, now=now, poll=self.poll, paused=paused)

    def record(self, incident_id: str, sentence: str) -> None:
        """One sentence: on the timeline, and the same in the log."""
        self.store.incidents.add_line(incident_id, Line(at=self.now(), step=self.step, sentence=sentence))
        log.say(sentence, incident=incident_id, step=self.step)


def whole_seconds(span: timedelta) -> int:
    """Rounded up, at least one."""
    return max(1, math.ceil(span.total_seconds()))
