"""A region is lost, and one API of the other one is away for two minutes, in the middle of the recovery."""

from __future__ import annotations

from drills.engine.context import DrillContext
from drills.engine.scenario import Scenario
from drills.results import expect, targets
from drills.results.expect import Expectation
from drills.results.measure import Measured
from drills.results.record import Recorded
from drills.scenarios import faults
from drills.scenarios.spec import Drill
from drills.world import plan_variants
from lyo_dr.model.plan import Objectives

_BEGINS, _ENDS = 5.0, 125.0
"""Seconds after the loss: before the services are raised, and long after they would be."""
_CAPACITY_SECONDS = 170.0
"""The budget of the stage is longer than the outage, as on AWS, where it is 15 minutes."""
_SETTLED_SECONDS = 170.0
_LONGEST_SECONDS = 300.0
_MINIMUM = "autoscaling minimum"
_NOT_THE_DRILL = "(?!drill$).*"


def lose_primary_while_ecs_is_away(ctx: DrillContext) -> float:
    """ECS of the recovery region answers 503."""
    return _lose(ctx, "ecs", "Amazon ECS")


def lose_primary_while_autoscaling_is_away(ctx: DrillContext) -> float:
    """Application Auto Scaling of the recovery region answers 503, and ECS is well."""
    return _lose(ctx, "application-autoscaling", "Application Auto Scaling")


def await_limits(ctx: DrillContext) -> None:
    """The incident is over, the API is not yet back: wait until the limits are set all the same."""
    ctx.screen.stage("Users are served; waiting until the autoscaling limits are set, too")
    ctx.wait_until(lambda: _minimum(ctx) > 0, _SETTLED_SECONDS)


def collect(ctx: DrillContext) -> dict[str, str]:
    """What autoscaling may lower the first service to."""
    return {_MINIMUM: str(_minimum(ctx))}


def _lose(ctx: DrillContext, service: str, name: str) -> float:
    away = {"region": ctx.secondary, "service": service, "app": _NOT_THE_DRILL, "kind": "unavailable"}
    at = faults.lose_primary(ctx, ({**away, "begins": _BEGINS, "ends": _ENDS},))
    ctx.screen.stage(f"{name} of {ctx.secondary} answers 503, from {_BEGINS:g} s to {_ENDS:g} s after the loss")
    return at


def _minimum(ctx: DrillContext) -> int:
    place = ctx.world.plan.services[0].places[ctx.secondary]
    found = ctx.world.client("application-autoscaling", ctx.secondary).describe_scalable_targets(
        ServiceNamespace="ecs", ResourceIds=[f"service/{place.cluster}/{place.service}"]
    )["ScalableTargets"]
    return int(found[0]["MinCapacity"]) if found else 0


def _outage(*, at_least: float = 0.0, less_than: float = 600.0) -> Expectation:
    """Users were without the service for about as long as the fault must, or must not, hold the recovery up."""

    def check(_recorded: Recorded, measured: Measured, _objectives: Objectives) -> list[str]:
        outage = measured.outage_seconds
        if outage is not None and at_least <= outage < less_than:
            return []
        return [f"the outage lasted {outage} s, not between {at_least:g} and {less_than:g} s"]

    return check


UNAVAILABLE_API = (
    Drill(
        name="api-outage",
        proves="ECS of the recovery region is away for two minutes: it is waited for, and the failover recovers.",
        scenario=Scenario(inject=lose_primary_while_ecs_is_away, longest=_LONGEST_SECONDS),
        expectations=expect.every(
            targets.failures_held_up,
            _outage(at_least=_ENDS - _BEGINS),
            expect.hit_by("unavailable", at_least=20),
            expect.said("RaiseCapacity", r"^RaiseCapacity waits \(describing service .*\); tried again until "),
            expect.said("RaiseCapacity", "^RaiseCapacity goes on: it came through after "),
            expect.carried_out("PromoteReadReplica", 1),
            expect.all_services_run(),
        ),
        rehearsed=plan_variants.budgets(capacity=_CAPACITY_SECONDS),
    ),
    Drill(
        name="autoscaling-down",
        proves="Application Auto Scaling is away for two minutes: users do not wait for it, its limits are set later.",
        scenario=Scenario(inject=lose_primary_while_autoscaling_is_away, recover=await_limits, collect=collect),
        expectations=expect.every(
            targets.failures,
            _outage(less_than=_ENDS - _BEGINS),
            expect.hit_by("unavailable", at_least=5),
            expect.said("RaiseCapacity", "its autoscaling limits are unknown and may undo that"),
            expect.said("CheckCapacity", "^Notified responders: ACTION NEEDED: autoscaling of .* is not set"),
            expect.said("SettleLimits", "^The autoscaling limits of .* are set: 2 tasks at least"),
            expect.collected(_MINIMUM, "^2$"),
            expect.all_services_run(),
        ),
    ),
)
"""In the order in which they are run."""
