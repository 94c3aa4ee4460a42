"""What goes wrong without a region being lost: the product has to keep its hands still."""

from __future__ import annotations

import time

from drills.engine.context import DrillContext
from lyo_dr.model.resource_names import DETECTION_REGION

_BLIP_SECONDS = 2.0
"""Shorter than the agreement of the rehearsal's plan."""
_RESTART_SECONDS = 3.0
"""About as long, against the agreement of the rehearsal's plan, as a failover between zones is against AWS's."""
_FLAPS = 5
_OURS = "lyo-dr"


def blip(scene: DrillContext) -> float:
    """Nothing of the primary's front answers, for a moment."""
    at = _fault(scene, f"{scene.primary} is silent for {_BLIP_SECONDS:g} s")
    scene.world.host.disturb_balancer(scene.primary, silent=True)
    scene.let_pass(_BLIP_SECONDS)
    scene.world.host.disturb_balancer(scene.primary)
    return at


def brownout(scene: DrillContext) -> float:
    """Two of five requests to the primary fail; its database is well."""
    at = _fault(scene, f"40 % of the requests to {scene.primary} fail; its database is well")
    scene.world.host.disturb_balancer(scene.primary, errors=0.4)
    return at


def restart_databases(scene: DrillContext) -> float:
    """Every database of the primary is away for seconds, as when RDS fails over between zones."""
    at = _fault(scene, f"The databases of {scene.primary} fail over between zones ({_RESTART_SECONDS:g} s)")
    for database in scene.world.plan.databases:
        scene.world.host.restart_database(database.instances[scene.primary], _RESTART_SECONDS)
    return at


def flap(scene: DrillContext) -> float:
    """The primary's front comes and goes."""
    at = _fault(scene, f"{scene.primary} comes and goes, {_FLAPS} times")
    for _ in range(_FLAPS):
        scene.world.host.disturb_balancer(scene.primary, silent=True)
        scene.let_pass(_BLIP_SECONDS)
        scene.world.host.disturb_balancer(scene.primary)
        scene.let_pass(_BLIP_SECONDS)
    return at


def cut_us_off(scene: DrillContext) -> float:
    """The recovery region's own view is cut: it reaches neither the primary nor anything else. Users notice nothing."""
    at = _fault(scene, f"{scene.secondary} is cut off from everything outside; users notice nothing")
    scene.world.host.disturb_balancer(scene.primary, deaf_to=_OURS)
    elsewhere = f"{scene.primary}|{scene.world.plan.regions.neutral}"
    scene.world.aws.set_faults([{"service": "witness", "region": elsewhere, "kind": "blackhole"}])
    return at


def lose_primary_while_recovery_ails(scene: DrillContext) -> float:
    """The primary is lost, and the control planes of the recovery region answer errors: it cannot take over."""
    ailing = (
        {"region": scene.secondary, "service": "witness", "kind": "blackhole"},
        {"region": scene.secondary, "service": "rds|ecs", "app": "(?!drill$).*", "kind": "unavailable"},
    )
    at = scene.world.lose_region(scene.primary, ailing)
    scene.screen.fault(at, f"{scene.primary} is lost, and {scene.secondary} ails: no endpoint, no RDS, no ECS")
    return at


def lose_primary_after_the_link(scene: DrillContext, seconds: float) -> float:
    """The replicas stop receiving some time before the primary is lost: so much work never left it."""
    scene.screen.stage(f"The link to the replicas is cut, {seconds:g} s before the loss; nobody notices")
    for database in scene.world.plan.databases:
        scene.world.host.set_relay(database.instances[scene.secondary], cut=True)
    scene.let_pass(seconds)
    at = scene.world.lose_region(scene.primary)
    scene.screen.fault(at, f"{scene.primary} is lost: databases, tasks, load balancer, functions and API")
    return at


def mend(scene: DrillContext) -> None:
    """Everything that was disturbed is right again."""
    scene.screen.stage("Everything is right again")
    scene.world.host.disturb_balancer(scene.primary)
    scene.world.aws.set_faults([])


def bring_back(scene: DrillContext) -> None:
    """The lost region comes back with its old data: first its processes, then its API."""
    scene.screen.stage(f"{scene.primary} comes back, with its old data and counts")
    scene.world.host.revive_region(scene.primary)
    scene.world.aws.set_faults([])


def silence_detection(scene: DrillContext) -> None:
    """us-east-1 goes silent with everything in it."""
    scene.screen.stage(f"{DETECTION_REGION} is silent, too")
    scene.world.aws.set_faults([*scene.world.aws.faults(), {"region": DETECTION_REGION, "kind": "blackhole"}])


def _fault(scene: DrillContext, sentence: str) -> float:
    at = time.time()
    scene.screen.fault(at, sentence)
    return at
