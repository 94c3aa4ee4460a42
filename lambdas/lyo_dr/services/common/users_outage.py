"""When users were affected and when they were served again, as an incident's steps saw it."""

from __future__ import annotations

from datetime import datetime

from lyo_dr.context import StepContext
from lyo_dr.decisions.common.users_outage import UsersOutage
from lyo_dr.model.incident import Incident

_KIND, _STOPPED, _SERVED = "USERS", "STOPPED", "SERVED"


def record_stopped(ctx: StepContext, incident: Incident) -> None:
    """Users are affected from now on, because the service is stopped on purpose; the first time counts."""
    ctx.store.incidents.record_once(incident.id, _KIND, _STOPPED, at=ctx.now().isoformat())


def record_served(ctx: StepContext, incident: Incident) -> None:
    """Users are served again, seen through the name that they use; the first time counts."""
    ctx.store.incidents.record_once(incident.id, _KIND, _SERVED, at=ctx.now().isoformat())


def users_outage(ctx: StepContext, incident: Incident) -> UsersOutage | None:
    """None where nobody saw users served again, or data was damaged and the service was not stopped for it."""
    served = _moment(ctx, incident, _SERVED)
    if served is None:
        return None
    stopped = _moment(ctx, incident, _STOPPED) if incident.database else None
    down = not incident.database or (ctx.store.incidents.head(incident.id) or {}).get("cause") == "instance"
    if down:
        return UsersOutage(began=incident.outage_start, served_again=served)
    return None if stopped is None else UsersOutage(began=stopped, served_again=served, at_least=False)


def _moment(ctx: StepContext, incident: Incident, name: str) -> datetime | None:
    note = ctx.store.incidents.read_note(incident.id, _KIND, name)
    return None if note is None else datetime.fromisoformat(note["at"])
