"""The lease of a restore that has to put things back: still held, held again, or no longer its to use."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.restore.handover import Regained, may_put_back
from lyo_dr.model.incident import Incident


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
