"""AUTH tokens of caches: replication groups, secrets that hold the tokens, and the functions that reach the caches."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.app_secrets import arns_of
from stacks.grants.grant import Grant


def read_secrets(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read a secret version inside the VPC, so that no token is in a payload."""
    return _grant(("secretsmanager:GetSecretValue",), _secrets(plan, names), "the token a version holds")


def stage_tokens(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read the copies of both regions, and add a staged version to them."""
    actions = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue")
    return _grant(actions, _both(plan, names), "the new token is written into the copy of its region")


def finish_tokens(plan: Plan, names: ResourceNames) -> list[Grant]:
    """``stage_tokens``, and move the label of the current version."""
    labels = ("secretsmanager:UpdateSecretVersionStage",)
    return [*stage_tokens(plan, names), *_grant(labels, _both(plan, names), "the new token becomes the current one")]


def read_tokens(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read the copies of both regions: ElastiCache has to be given the token."""
    return _grant(("secretsmanager:GetSecretValue",), _both(plan, names), "ElastiCache has to be given the token")


def forget_former_tokens(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Remove the label of the version whose token is proven invalid."""
    labels = ("secretsmanager:DescribeSecret", "secretsmanager:UpdateSecretVersionStage")
    return _grant(labels, _both(plan, names), "which version held the former token")


def change_tokens(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Change the groups of the plan, and see how far they are.

    Both actions take the ARN of a replication group (Service Authorization Reference, "Actions, resources, and
    condition keys for Amazon ElastiCache").
    """
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    groups = tuple(
        each.arn("elasticache", f"replicationgroup:{cache.groups[each.region]}")
        for each in (names, there)
        for cache in plan.caches
    )
    actions = ("elasticache:DescribeReplicationGroups", "elasticache:ModifyReplicationGroup")
    return _grant(actions, groups, "the AUTH token of a cache; the standby has a group of its own")


def invoke_try_token(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Invoke the function that tries a token on the caches of both regions."""
    return _ask(plan, names, "TryToken", "whether a cache accepts a token")


def invoke_end_sessions(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Invoke the function that terminates connections to the caches of both regions."""
    return _ask(plan, names, "EndCacheSessions", "terminates sessions opened with the former token")


def _ask(plan: Plan, names: ResourceNames, step: str, why: str) -> list[Grant]:
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    functions = [each.arn("lambda", f"function:{each.function('secret_rotation', step)}") for each in (names, there)]
    return _grant(("lambda:InvokeFunction",), tuple(functions) if plan.caches else (), why)


def _both(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return _secrets(plan, names) + _secrets(plan, there)


def _secrets(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    return arns_of((plan.secret(name) for name in dict.fromkeys(cache.secret for cache in plan.caches)), names)


def _grant(actions: tuple[str, ...], resources: tuple[str, ...], why: str) -> list[Grant]:
    """Nothing for a plan without caches: a statement needs a resource."""
    return [Grant(actions, resources, why)] if resources else []
