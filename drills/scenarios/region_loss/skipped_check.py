"""A region is lost, and an endpoint is down for good: a person lets the recovery go on without its check."""

from __future__ import annotations

from http import HTTPStatus

import msgspec

from drills.engine import operators
from drills.engine.context import DrillContext
from drills.engine.scenario import Scenario
from drills.results import expect, targets
from drills.scenarios import faults
from drills.scenarios.spec import Drill
from drills.world import plan_variants
from lyo_dr.model.plan import Endpoint, Plan

WHY = "search is down at its vendor, bookings work"
_VALIDATION_SECONDS = 90.0
"""A person has to read and type in it; on AWS it is minutes."""


def with_search(plan: Plan) -> Plan:
    """One endpoint more, whose check fails for good: the app answers 200 there in every region."""
    moved = Endpoint(name="search", path="/health", status=HTTPStatus.PERMANENT_REDIRECT)
    changed: Plan = msgspec.structs.replace(plan, endpoints=[*plan.endpoints, moved])
    return changed


def skip_the_check(ctx: DrillContext) -> None:
    """The check fails: the person first tries to leave out what protects, then what only observes."""
    incident = ctx.view.newest(0.0) or ""
    ctx.notes["skipping ThrowLatch"] = _skip(ctx, incident, "ThrowLatch")
    ctx.notes["skipping CheckEndpoints"] = _skip(ctx, incident, "CheckEndpoints")


def _skip(ctx: DrillContext, incident: str, step: str) -> int:
    return operators.lyo_dr(ctx, "skip", incident, step, "--why", WHY).code


SKIPPED_CHECK = (
    Drill(
        name="skipped-check",
        proves="An endpoint is down for good: a person skips its check with a reason, and the ending names it.",
        customer=with_search,
        rehearsed=plan_variants.budgets(validation=_VALIDATION_SECONDS),
        scenario=Scenario(inject=faults.lose_primary, at={"CheckEndpoints": skip_the_check}),
        expectations=expect.every(
            targets.failures_held_up,
            expect.noted("skipping ThrowLatch", 1),
            expect.noted("skipping CheckEndpoints", 0),
            expect.said("AnswerOperator", "tried to skip ThrowLatch without effect: ThrowLatch cannot be skipped"),
            expect.said("AnswerOperator", f"skips CheckEndpoints: {WHY}. Allowed, as"),
            expect.said("CheckEndpoints", f"^Skipped, not checked: .* said: {WHY}$"),
            expect.said("ThrowLatch", "Latch set"),
            expect.said("CloseIncident", rf"skipped, not checked: CheckEndpoints \(by .*: {WHY}\)"),
            expect.opened(1),
        ),
    ),
)
