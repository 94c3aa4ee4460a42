"""Shared by the steps of a breach: IP sets of a region, and calls to the functions inside the VPC."""

from __future__ import annotations

from typing import Any

import msgspec

from lyo_dr.adapters.aws.lambda_ import invoke
from lyo_dr.context import StepContext
from lyo_dr.decisions.breach.response import breach_of
from lyo_dr.errors import LyoDrError
from lyo_dr.model.breach import Access, Part
from lyo_dr.model.incident import Incident
from lyo_dr.model.plan import Plan

_SECONDS = 12.0


def sets_of(plan: Plan, region: str) -> dict[int, str]:
    """Names of the IP sets of a region by the version of the protocol they hold."""
    sets = breach_of(plan).ip_sets.get(region)
    if sets is None:
        return {}
    return {4: sets.ipv4, **({6: sets.ipv6} if sets.ipv6 else {})}


def access_of(ctx: StepContext, database: str) -> Access:
    """Privileges and sessions of the app's users; a database that does not respond gives an error in the result."""
    function = ctx.names.function("breach_response", "ReadAccess")
    try:
        answer: Any = invoke(function, {"database": database}, ctx.region, seconds=_SECONDS)
    except LyoDrError as silence:
        return Access(database=database, error=f"{type(silence).__name__}")
    return msgspec.convert(answer, Access)


def record_part(ctx: StepContext, incident: Incident, part: Part) -> Part:
    """Record a part's result on the timeline and return it to the state machine."""
    ctx.record(incident.id, f"Failed ({part.part}): {part.sentence}" if part.status == "failed" else part.sentence)
    return part
