"""JudgeComponents: which databases and services recovered, and whether traffic may move."""

from __future__ import annotations

import msgspec

from lyo_dr.context import StepContext
from lyo_dr.decisions.failover.components import Components, Judgement, judge_components
from lyo_dr.errors import LyoDrError
from lyo_dr.handler import step
from lyo_dr.model.incident import Incident


class PlacesNotRecovered(LyoDrError):
    """A service or a critical database did not come up; traffic stays where it is."""


class Request(msgspec.Struct, frozen=True):
    """The incident, and how every database and service ended."""

    incident: Incident
    places: Components


@step("JudgeComponents", Request, stage="triage")
def handler(request: Request, ctx: StepContext) -> Judgement:
    """Raises PlacesNotRecovered with every reason."""
    verdict = judge_components(ctx.plan, request.places, ctx.region)
    ctx.record(request.incident.id, verdict.sentence)
    if verdict.blockers:
        raise PlacesNotRecovered("; ".join(verdict.blockers))
    return verdict
