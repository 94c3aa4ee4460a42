"""All stacks of a plan, in the order in which they can first be deployed."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from lyo_dr.model.plan import Deployment, Plan
from stacks.breach import BreachResponse
from stacks.communications import Communications
from stacks.core import Core
from stacks.detection import Detection, site_of_detection
from stacks.evidence import PreserveBreach
from stacks.keeper import Keeper
from stacks.operator import Operator
from stacks.process import CHILDREN, IncidentResponse, ProcessStack
from stacks.rotation import SecretRotation
from stacks.site import Site, Sources
from stacks.workload import Workload


def make_stacks(app: cdk.App, plan: Plan, sources: Sources) -> None:
    """The same stacks in both regions, and detection; the reference workload where the plan asks for it.

    Tags and boundary are set on the app, and so on everything in it, whoever makes it.

    The order between stacks is for the first deployment of all; each can be updated alone while the other region is
    down (``cdk deploy -e``), because no template refers to another region.
    """
    regions = [_region(app, Site(plan, region, sources)) for region in plan.regions.pair]
    primary, secondary = regions
    if plan.workload == "reference":
        secondary["workload"].add_stack_dependency(primary["workload"], "a replica needs its source")
    detection = Detection(app, site_of_detection(Site(plan, plan.regions.primary, sources)))
    for stacks in regions:
        detection.add_stack_dependency(stacks["core"], "it forwards to the bus")
        detection.add_stack_dependency(stacks["keeper"], "a latch's health check needs its alarm")
    _company_rules(app, detection, plan.deployment)


def _company_rules(app: cdk.App, somewhere: cdk.Stack, deployment: Deployment) -> None:
    """``somewhere``: what is imported needs a stack, and adds nothing to it."""
    for key, value in deployment.tags.items():
        cdk.Tags.of(app).add(key, value)
    if deployment.permissions_boundary is not None:
        boundary = iam.ManagedPolicy.from_managed_policy_arn(somewhere, "Boundary", deployment.permissions_boundary)
        iam.PermissionsBoundary.of(app).apply(boundary)


def _region(app: cdk.App, site: Site) -> dict[str, cdk.Stack]:
    core = Core(app, site)
    Communications(app, site, core.key)
    ProcessStack(app, site, "actions", CHILDREN, core.key)
    ProcessStack(app, site, "region_failover", ("region_failover",), core.key)
    ProcessStack(app, site, "database_restore", ("database_restore",), core.key)
    ProcessStack(app, site, "restore_replicated", ("restore_replicated",), core.key)
    if site.plan.with_passwords() or site.plan.issued() or site.plan.caches:
        SecretRotation(app, site, core.key)
    BreachResponse(app, site, core.key)
    PreserveBreach(app, site, core.key)
    IncidentResponse(app, site, core.key)
    Operator(app, site, core.key)
    stacks: dict[str, cdk.Stack] = {"core": core, "keeper": Keeper(app, site, core.key)}
    if site.plan.workload == "reference":
        stacks["workload"] = Workload(app, site, core.key)
    return stacks
