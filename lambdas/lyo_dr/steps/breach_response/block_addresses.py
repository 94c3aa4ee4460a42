"""BlockAddresses: a bounded block at the web ACLs of both regions, at once and without a person."""

from __future__ import annotations

from functools import partial

import msgspec

from lyo_dr.adapters.aws.waf import change_set, read_set
from lyo_dr.decisions.blocking import of_version, with_addresses
from lyo_dr.decisions.breach import Course, breach_of
from lyo_dr.doorman import Here, step
from lyo_dr.errors import LyoDrError
from lyo_dr.guard import containing
from lyo_dr.incidents.blocks import Block
from lyo_dr.model.breach import Part
from lyo_dr.model.incident import Incident
from lyo_dr.steps.breaching import sets_of, told


class Request(msgspec.Struct, frozen=True):
    """The incident and the course: which addresses."""

    incident: Incident
    course: Course


@step("BlockAddresses", Request)
@containing
def handler(request: Request, here: Here) -> Part:
    """A region that fails keeps no other from being closed. What was there before is not ours to lift later."""
    incident, wanted = request.incident, request.course.block
    for sentence in request.course.refused:
        here.tell(incident.id, sentence)
    if not wanted:
        return told(here, incident, Part(part="block", status="nothing", sentence="No address is blocked"))
    failed = [f"{region}: {why}" for region in _regions(here) if (why := _block(here, incident, region, wanted))]
    if failed:
        return told(here, incident, Part(part="block", status="failed", sentence="; ".join(failed)))
    until = here.now() + breach_of(here.plan).block_for
    where = " and ".join(_regions(here))
    sentence = f"Blocked in {where}: {', '.join(wanted)}; to be looked at again before {until:%Y-%m-%d %H:%M} UTC"
    here.incidents.set(incident.id, blocked_until=until.isoformat())
    here.blocks.keep(Block(incident=incident.id, addresses=wanted, until=until))
    return told(here, incident, Part(part="block", status="done", sentence=sentence))


def _regions(here: Here) -> list[str]:
    """The active region first: there is where users, and the intruder, are."""
    return sorted(breach_of(here.plan).ip_sets, key=lambda region: region != here.region)


def _block(here: Here, incident: Incident, region: str, wanted: list[str]) -> str | None:
    """Why it did not work, or None. Noted before it is done, so that a crash leaves nothing that is never lifted."""
    try:
        for version, name in sets_of(here.plan, region).items():
            addresses = of_version(wanted, version)
            present = read_set(name, region).addresses if addresses else []
            for address in [address for address in addresses if address not in present]:
                here.incidents.note(
                    incident.id, "BLOCKED", f"{region}#{address}", region=region, address=address, version=version
                )
            if addresses:
                change_set(name, region, partial(with_addresses, wanted=addresses))
    except LyoDrError as failure:
        return str(failure)
    missing = [a for a in wanted if not any(a in of_version(wanted, v) for v in sets_of(here.plan, region))]
    return f"the plan names no IP set for {', '.join(missing)}" if missing else None
