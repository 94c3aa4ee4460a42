"""HoldReplay: pause, resume or briefly resume replay of a delayed replica, and report its position. SQL only."""

from __future__ import annotations

import time

import msgspec

from lyo_dr.adapters.sql.postgres import connected
from lyo_dr.adapters.sql.wal_replay import hold_replay, wind_replay
from lyo_dr.context import StepContext
from lyo_dr.errors import DatabaseUnreachable
from lyo_dr.handler import step
from lyo_dr.model.delayed_replica import Advance, Replay
from lyo_dr.model.reconciliation import Where
from lyo_dr.services.common.sql_login import own_login_at


class Request(msgspec.Struct, frozen=True):
    """The database, where its delayed replica is, what it is to do, and under which epoch that is said."""

    database: str
    place: Where
    held: bool
    epoch: int
    winding: Advance | None = None


@step("HoldReplay", Request)
def handler(request: Request, ctx: StepContext) -> Replay:
    """Silence is a fact: a restore does without the replica then."""
    login, seconds = own_login_at(ctx, request.database, request.place), ctx.plan.timing.sql_timeout.total_seconds()
    try:
        with connected(login, seconds) as postgres:
            if request.winding is not None:
                return wind_replay(postgres, request.epoch, request.winding, time.sleep)
            return hold_replay(postgres, request.epoch, held=request.held)
    except DatabaseUnreachable as silence:
        return Replay(error=str(silence))
