"""SettleLease: release the lease, or keep it on purpose."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.handler import step
from lyo_dr.services.incident.resume import incident_id_of

_KEPT_FOR = timedelta(days=365)
"""Practically forever: only a person ends a lease that is kept."""


class Request(msgspec.Struct, frozen=True):
    """The execution's name and its state."""

    incident_id: str
    so_far: dict[str, Any]


@step("SettleLease", Request)
def handler(request: Request, ctx: StepContext) -> Any:
    """If the failure could not be recorded the lease is kept: unknown is not harmless."""
    incident_id = incident_id_of(ctx, request.incident_id)
    breach = (request.so_far.get("incident") or {}).get("breach")
    lease_region = (request.so_far.get("incident") or {}).get("lease_region") or ctx.region
    system = ctx.store.control if lease_region == ctx.region else ctx.standby.control
    lease = system.lease()
    if lease is None or lease.holder != incident_id:
        kept = "; blocked addresses stay blocked" if breach else ""
        ctx.record(incident_id, f"This incident holds no lease{kept}")
        return {"kept": False}
    keep = (request.so_far.get("failure") or {"keep_lease": True})["keep_lease"]
    if keep and not system.keep_lease(lease, ctx.now() + _KEPT_FOR):
        ctx.record(incident_id, "The lease could not be kept: another incident has taken it")
        return {"kept": False}
    if keep:
        ctx.record(incident_id, "The lease is kept on purpose: nothing else may start until a person has investigated")
    else:
        system.release_lease(incident_id, lease.epoch, ctx.now())
        ctx.record(incident_id, "Lease released; nothing irreversible was done")
    return {"kept": keep}
