"""OpenRotation: which secrets, in which regions, and may it begin now? Takes the lease."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lyo_dr.decisions.messages import rotation_postponed
from lyo_dr.decisions.rotation import may_open
from lyo_dr.doorman import Here, step
from lyo_dr.errors import BadSignal, PeerSilent, RotationRefused, ServiceUnreachable
from lyo_dr.guard import check_not_paused
from lyo_dr.model.cache import TokenPlace
from lyo_dr.model.incident import Lease, SystemRecord
from lyo_dr.model.issuer import KeyName
from lyo_dr.model.rotation import HOLDER, Opening, Order, Rotation
from lyo_dr.steps.telling import tell_people


class Request(msgspec.Struct, frozen=True):
    """What was asked for, the execution's name, and when it was started."""

    order: Order
    execution: str
    started_at: datetime


@step("OpenRotation", Request)
def handler(request: Request, here: Here) -> Opening:
    """Asked again while an incident is worked on. The lease lies where an incident would look for it."""
    name = f"{HOLDER}{request.execution}"
    chosen, keys = _secrets(request.order, here), _keys(request.order, here)
    logins = [secret.name for secret in here.plan.rotatable() if secret.name in chosen]
    caches = [cache for cache in here.plan.caches if cache.secret in chosen]
    check_not_paused(here)
    record, lease = _who_works(here)
    holder = _holder(request, lease, here.now())
    verdict = may_open(
        record,
        lease,
        here=here.region,
        holder=holder,
        now=here.now(),
        waited=here.now() - request.started_at,
        limit=here.plan.objectives.rto,
        poll=here.poll,
    )
    if verdict.status != "open":
        return _told(name, verdict, lease, here)
    standby = record.standby_region or ""
    taken = here.system_in(standby or here.region).take_lease(holder, here.now(), here.plan.budgets.lease)
    if taken is None:
        return Opening(status="postponed", sentence="Another was faster by a moment", wait_seconds=here.poll)
    rotation = Rotation(
        id=name,
        epoch=taken.epoch,
        region=here.region,
        standby=standby,
        secrets=logins,
        opened_at=taken.taken_at if holder == name else here.now(),
        keys=keys,
        tokens=[TokenPlace(cache.name, region) for region in _regions(here, standby) for cache in caches],
        incident=request.order.incident,
        under="" if holder == name else holder,
    )
    by = request.order.by or "nobody named"
    here.incidents.set(
        name, state="open", opened_at=rotation.opened_at.isoformat(), epoch=taken.epoch, region=here.region, by=by
    )
    where = " and ".join(rotation.regions)
    what = ", ".join([*logins, *(f"the token of {cache.name}" for cache in caches), *map(str, keys)])
    here.tell(name, f"Rotation of {what} in {where} begins, asked for by {by}{_left_out(request.order, here)}")
    return msgspec.structs.replace(verdict, rotation=rotation)


def _secrets(order: Order, here: Here) -> list[str]:
    possible = here.plan.renewable()
    unknown = [name for name in order.secrets if name not in possible]
    if unknown:
        raise BadSignal(f"{', '.join(unknown)} cannot be rotated; there is {', '.join(possible) or 'none that can'}")
    if order.keys and not order.secrets:
        return []
    if not possible and not here.plan.issued():
        raise RotationRefused(
            "no secret of the plan can be rotated: its database needs two app_roles to alternate between"
        )
    return order.secrets or possible


def _regions(here: Here, standby: str) -> list[str]:
    return [here.region, standby] if standby else [here.region]


def _left_out(order: Order, here: Here) -> str:
    """Nobody who asks for everything should believe that a login was changed which cannot be."""
    if order.secrets or order.keys or here.plan.rotatable():
        return ""
    return "; no login of the plan can be rotated, its database needs two app_roles"


def _keys(order: Order, here: Here) -> list[KeyName]:
    """Those that are named; all of them, when nothing is named at all."""
    possible = list(here.plan.issued())
    unknown = [str(name) for name in order.keys if name not in possible]
    if unknown:
        raise BadSignal(
            f"{', '.join(unknown)} cannot be asked for; there is {', '.join(map(str, possible)) or 'none that can'}"
        )
    return order.keys if order.keys or order.secrets else possible


def _holder(request: Request, lease: Lease | None, now: datetime) -> str:
    """A part of an incident works under its lease, while that incident holds it; anything else takes its own."""
    incident = request.order.incident
    if incident and lease is not None and lease.holder == incident and lease.expires_at > now:
        return incident
    return f"{HOLDER}{request.execution}"


def _who_works(here: Here) -> tuple[SystemRecord, Lease | None]:
    """The newest record of both regions, and the lease of the stand-by, which is authoritative while there is one."""
    record = here.system.record()
    if record.active_region != here.region or record.standby_region is None:
        return record, here.system.lease()
    try:
        theirs = here.peer_system.record()
        lease = here.peer_system.lease()
    except ServiceUnreachable as silence:
        raise PeerSilent(
            f"{here.peer} does not answer, so nobody can tell whether it is taking over; nothing is rotated "
            f"without a person's word ({silence})"
        ) from silence
    return (theirs if theirs.epoch > record.epoch else record), lease


def _told(name: str, verdict: Opening, lease: Lease | None, here: Here) -> Opening:
    """Once per reason: the next looks repeat it."""
    reason = lease.holder if lease is not None and verdict.status == "postponed" else verdict.status
    if here.incidents.note(name, "WAITS", reason, sentence=verdict.sentence):
        here.tell(name, verdict.sentence)
        if verdict.status == "postponed":
            tell_people(here, name, rotation_postponed(name, verdict.sentence))
    return verdict
