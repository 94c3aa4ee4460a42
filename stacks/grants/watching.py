"""Looking at the databases of this region: who is connected, and what their replicas hear."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant


def count_connections(_: Plan, names: ResourceNames) -> list[Grant]:
    """Ask the function inside the VPC how many sessions the application has."""
    return [_ask(names, "keeper", "CountConnections", "only a function inside the VPC speaks SQL")]


def question_database(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Also ask the integrity questions, and the replica in the other region whether it hears its primary."""
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return [
        *count_connections(plan, names),
        _ask(names, "keeper", "ReadIntegrity", "is the data wrong?"),
        _ask(there, "gather_facts", "ReadReplica", "a replica that hears its primary says that it lives"),
    ]


def question_replica(_: Plan, names: ResourceNames) -> list[Grant]:
    """Ask the replica here its integrity questions before it is promoted."""
    return [_ask(names, "keeper", "ReadIntegrity", "is the data wrong here, too?")]


def count_tasks(plan: Plan, names: ResourceNames) -> list[Grant]:
    """See how many tasks run: without tasks nobody misses connections."""
    places = (service.places[names.region] for service in plan.services)
    services = tuple(names.service(place.cluster, place.service) for place in places)
    return [Grant(("ecs:DescribeServices",), services, "does anybody work with the databases?")]


def _ask(names: ResourceNames, process: str, step: str, why: str) -> Grant:
    function = names.arn("lambda", f"function:{names.function(process, step)}")
    return Grant(actions=("lambda:InvokeFunction",), resources=(function,), why=why)
