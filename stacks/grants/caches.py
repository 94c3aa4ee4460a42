"""Tokens of caches: the groups they are changed at, the secrets they lie in, and the functions beside the cache."""

from __future__ import annotations

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant


def read_cache_secrets(plan: Plan, names: ResourceNames) -> list[Grant]:
    """For a function inside the VPC: read a version itself, so that no token is in a payload."""
    return _grant(("secretsmanager:GetSecretValue",), _secrets(plan, names), "the token a version holds")


def stage_tokens(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read the copies of both regions, and put a version beside them."""
    actions = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue")
    return _grant(actions, _both(plan, names), "the new token is written into the copy of its region")


def finish_tokens(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Also say which version counts."""
    labels = ("secretsmanager:UpdateSecretVersionStage",)
    return [*stage_tokens(plan, names), *_grant(labels, _both(plan, names), "the new token becomes the current one")]


def read_tokens(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read the copies of both regions: ElastiCache has to be told the token."""
    return _grant(("secretsmanager:GetSecretValue",), _both(plan, names), "the token its group is told of")


def forget_former(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Take the label off the version with a token that was proven dead."""
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
    return _grant(actions, groups, "the AUTH token of a cache; a stand-by has a group of its own")


def ask_about_tokens(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Ask what the caches of both regions say to a token."""
    return _ask(plan, names, "TryToken", "is a token accepted, is it refused?")


def ask_to_end_sessions(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Ask for connections to the caches of both regions to be ended."""
    return _ask(plan, names, "EndCacheSessions", "whoever logged in with the former token")


def _ask(plan: Plan, names: ResourceNames, step: str, why: str) -> list[Grant]:
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    functions = [each.arn("lambda", f"function:{each.function('secret_rotation', step)}") for each in (names, there)]
    return _grant(("lambda:InvokeFunction",), tuple(functions) if plan.caches else (), why)


def _both(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    return _secrets(plan, names) + _secrets(plan, there)


def _secrets(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    found = dict.fromkeys(cache.secret for cache in plan.caches)
    return tuple(names.arn("secretsmanager", f"secret:{name}-??????") for name in found)


def _grant(actions: tuple[str, ...], resources: tuple[str, ...], why: str) -> list[Grant]:
    """A plan without caches grants nothing: a statement has to name something."""
    return [Grant(actions, resources, why)] if resources else []
