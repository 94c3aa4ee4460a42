"""BlockAddresses: a bounded block at the web ACLs of both regions, at once and without a person."""

from __future__ import annotations

from functools import partial

import msgspec

from lyo_dr.adapters.aws.waf import change_set, read_set
from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.blocking import of_version, with_addresses
from lyo_dr.decisions.breach.response import BreachDecision, breach_of
from lyo_dr.errors import LyoDrError
from lyo_dr.guards import containment
from lyo_dr.handler import step
from lyo_dr.model.breach import Part
from lyo_dr.model.incident import Incident
from lyo_dr.services.breach.breach_context import record_part, sets_of
from lyo_dr.store.blocks import Block


class Request(msgspec.Struct, frozen=True):
    """The incident and the course: which addresses."""

    incident: Incident
    course: BreachDecision


@step("BlockAddresses", Request)
@containment
def handler(request: Request, ctx: StepContext) -> Part:
    """A region that fails keeps no other from being closed. What was there before is not ours to lift later."""
    incident, wanted = request.incident, request.course.block
    for sentence in request.course.refused:
        ctx.record(incident.id, sentence)
    if not wanted:
        return record_part(ctx, incident, Part(part="block", status="nothing", sentence="No addresses to block"))
    failed = [f"{region}: {why}" for region in _regions(ctx) if (why := _block(ctx, incident, region, wanted))]
    if failed:
        return record_part(ctx, incident, Part(part="block", status="failed", sentence="; ".join(failed)))
    until = ctx.now() + breach_of(ctx.plan).block_for
    where = " and ".join(_regions(ctx))
    sentence = f"Blocked in {where}: {', '.join(wanted)}; to be reviewed by {until:%Y-%m-%d %H:%M} UTC"
    ctx.store.incidents.set(incident.id, blocked_until=until.isoformat())
    ctx.store.blocks.keep(Block(incident=incident.id, addresses=wanted, until=until))
    return record_part(ctx, incident, Part(part="block", status="done", sentence=sentence))


def _regions(ctx: StepContext) -> list[str]:
    """The active region first: users and the intruder are there."""
    return sorted(breach_of(ctx.plan).ip_sets, key=lambda region: region != ctx.region)


def _block(ctx: StepContext, incident: Incident, region: str, wanted: list[str]) -> str | None:
    """The error, or None. Recorded before the change, so that after a crash every block can still be lifted."""
    try:
        for version, name in sets_of(ctx.plan, region).items():
            addresses = of_version(wanted, version)
            present = read_set(name, region).addresses if addresses else []
            for address in [address for address in addresses if address not in present]:
                ctx.store.incidents.record_once(
                    incident.id, "BLOCKED", f"{region}#{address}", region=region, address=address, version=version
                )
            if addresses:
                change_set(name, region, partial(with_addresses, wanted=addresses))
    except LyoDrError as failure:
        return str(failure)
    missing = [a for a in wanted if not any(a in of_version(wanted, v) for v in sets_of(ctx.plan, region))]
    return f"the plan names no IP set for {', '.join(missing)}" if missing else None
