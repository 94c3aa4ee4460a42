"""The lease of a restore that has to put things back: still held, held again, or no longer its to use."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.handover import Regained, may_put_back
from lyo_dr.model.deadline import patience
from lyo_dr.model.incident import Incident
from lyo_dr.model.verdict import Progress


def regained(ctx: StepContext, incident: Incident) -> tuple[Progress | None, Incident]:
    """The incident to roll back under, or why it is not rolled back now ("pending") or never ("ready")."""
    verdict, holder = regain_lease(ctx, incident)
    if verdict.status == "waits":
        wait = _wait(ctx, holder, verdict.sentence)
        return Progress(status="pending", sentence=verdict.sentence, wait_seconds=wait), holder
    handed_over = verdict.status == "handed_over"
    return (Progress(status="ready", sentence=verdict.sentence) if handed_over else None), holder


def regain_lease(ctx: StepContext, incident: Incident) -> tuple[Regained, Incident]:
    """Whether the incident may put back what it has stopped, and under which epoch.

    A lost region that took the lease over owns what was changed, if it recovers; if it stands down, this incident
    takes the lease again and clears up after itself. Raises what reading the standby's table raises.
    """
    control, now = ctx.lease_control(incident), ctx.now()
    ours, lease = ctx.store.control.record(), control.lease()
    theirs = control.record()
    newest = theirs if theirs.epoch > ours.epoch else ours
    verdict = may_put_back(newest, lease, here=ctx.region, holder=incident.id, epoch=incident.epoch, now=now)
    if verdict.status != "take_again":
        return verdict, incident
    taken = control.take_lease(incident.id, now, ctx.plan.budgets.lease, "restore", anew=True)
    if taken is None:
        return Regained(
            status="waits", sentence="Another incident took the lease first; rolling back after it"
        ), incident
    return verdict, msgspec.structs.replace(incident, epoch=taken.epoch)


def _wait(ctx: StepContext, incident: Incident, why: str) -> int:
    """Seconds to the next look, ever rarer: the other incident may take hours. The timeline says once what it is."""
    now, incidents = ctx.now(), ctx.store.incidents
    if incidents.record_once(incident.id, "WAITS", "PUT_BACK", since=now.isoformat()):
        ctx.record(incident.id, why)
    since = (incidents.read_note(incident.id, "WAITS", "PUT_BACK") or {}).get("since", now.isoformat())
    return patience(now - datetime.fromisoformat(since), ctx.plan.timing.poll)
