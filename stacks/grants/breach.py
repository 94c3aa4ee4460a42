"""The response to a breach: IP sets, sessions of roles, security groups, and the functions it invokes."""

from __future__ import annotations

from lyo_dr.model.plan import Breach, Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.app_secrets import arns_of
from stacks.grants.grant import Grant

_CHOSEN = "AWS WAF chooses the ids of IP sets; the name is in the plan"


def change_ip_sets(plan: Plan, _: ResourceNames) -> list[Grant]:
    """Change the plan's IP sets in both regions: a block in one would leave the other open to the intruder."""
    sets = _ip_sets(plan)
    if not sets:
        return []
    return [
        Grant(
            ("wafv2:ListIPSets",), ("*",), "AWS WAF has no resource-level permission for listing; the list gives the id"
        ),
        Grant(("wafv2:GetIPSet", "wafv2:UpdateIPSet"), sets, _CHOSEN),
    ]


def describe_blocks(plan: Plan, _: ResourceNames) -> list[Grant]:
    """Read the IP sets back, and whether a Block rule of the web ACL refers to them."""
    sets = _ip_sets(plan)
    if not sets:
        return []
    acls = tuple(
        ResourceNames(plan, region).arn("wafv2", f"regional/webacl/{name}/*")
        for region, name in _of(plan).web_acls.items()
    )
    lists = ("wafv2:ListIPSets", "wafv2:ListWebACLs")
    found = [
        Grant(lists, ("*",), "AWS WAF has no resource-level permission for listing; the lists give the ids"),
        Grant(("wafv2:GetIPSet",), sets, _CHOSEN),
    ]
    return [*found, Grant(("wafv2:GetWebACL",), acls, "does a Block rule refer to the set?")] if acls else found


def revoke_sessions(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Put the policy on the plan's roles that denies everything to older sessions."""
    roles = _roles(plan, names)
    return [Grant(("iam:PutRolePolicy",), roles, "revokes older sessions of the roles the plan names")] if roles else []


def describe_revoked(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read that policy back."""
    roles = _roles(plan, names)
    return [Grant(("iam:GetRolePolicy",), roles, "reads back since when sessions are valid")] if roles else []


def empty_groups(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Remove the rules of the plan's security groups."""
    return _groups(plan, names, "ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress")


def fill_groups(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Add the rules again."""
    return _groups(plan, names, "ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress")


def replace_tasks(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Replace the tasks of this region's services, where the plan names roles whose sessions end."""
    if not _of(plan).roles:
        return []
    places = [service.places[names.region] for service in plan.services]
    services = tuple(names.service(place.cluster, place.service) for place in places)
    return [
        Grant(("ecs:UpdateService",), services, "new tasks, with sessions of their own"),
        Grant(("ecs:DescribeServices",), services, "whether Amazon ECS replaces them on request"),
    ]


def read_copies(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Find the former version of each copy, and read the user of the current one here."""
    secrets = plan.with_passwords()
    if not secrets:
        return []
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    ours = arns_of(secrets, names)
    copies = ours + arns_of(secrets, there)
    why = "AWS appends six random characters to the ARN of a secret"
    return [
        Grant(("secretsmanager:DescribeSecret",), copies, f"the former version of each copy; {why}"),
        Grant(("secretsmanager:GetSecretValue",), ours, f"which database user is in use; {why}"),
    ]


def invoke_read_access(_: Plan, names: ResourceNames) -> list[Grant]:
    """Invoke the function that reads sessions and privileges of the application's database users."""
    return [_ask(names, "ReadAccess", "open sessions, and which tables they could access")]


def invoke_lift_containment(_: Plan, names: ResourceNames) -> list[Grant]:
    """Invoke the function that lifts the containment, on an operator's command."""
    return [
        _ask(names, "LiftContainment", "the permissions to lift it belong to that function, not to the operator API")
    ]


def _ask(names: ResourceNames, step: str, why: str) -> Grant:
    function = names.arn("lambda", f"function:{names.function('breach_response', step)}")
    return Grant(actions=("lambda:InvokeFunction",), resources=(function,), why=why)


def _of(plan: Plan) -> Breach:
    return plan.breach or Breach(contacts=[])


def _ip_sets(plan: Plan) -> tuple[str, ...]:
    return tuple(
        ResourceNames(plan, region).arn("wafv2", f"regional/ipset/{name}/*")
        for region, sets in _of(plan).ip_sets.items()
        for name in (sets.ipv4, sets.ipv6)
        if name is not None
    )


def _roles(plan: Plan, names: ResourceNames) -> tuple[str, ...]:
    return tuple(f"arn:aws:iam::{names.plan.account}:role/{role}" for role in _of(plan).roles)


def _groups(plan: Plan, names: ResourceNames, *actions: str) -> list[Grant]:
    groups = tuple(names.arn("ec2", f"security-group/{group}") for group in _of(plan).isolate.get(names.region, []))
    if not groups:
        return []
    return [
        Grant(("ec2:DescribeSecurityGroups",), ("*",), "Amazon EC2 has no resource-level permission for this read"),
        Grant(actions, groups, "the groups the plan isolates"),
    ]
