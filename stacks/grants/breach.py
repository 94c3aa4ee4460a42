"""The response to a breach: IP sets, sessions of roles, security groups, and what is asked of other functions."""

from __future__ import annotations

from lyo_dr.model.plan import DATABASE_URL, Breach, Plan
from lyo_dr.model.resource_names import ResourceNames
from stacks.grants.grant import Grant

_CHOSEN = "AWS WAF chooses the ids of IP sets; the name is in the plan"


def change_ip_sets(plan: Plan, _: ResourceNames) -> list[Grant]:
    """Change the plan's IP sets in both regions: the intruder comes back through the other one."""
    sets = _ip_sets(plan)
    if not sets:
        return []
    return [
        Grant(("wafv2:ListIPSets",), ("*",), "AWS WAF offers no resource for the list that tells the id"),
        Grant(("wafv2:GetIPSet", "wafv2:UpdateIPSet"), sets, _CHOSEN),
    ]


def see_blocks(plan: Plan, _: ResourceNames) -> list[Grant]:
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
        Grant(lists, ("*",), "AWS WAF offers no resource for the lists that tell the ids"),
        Grant(("wafv2:GetIPSet",), sets, _CHOSEN),
    ]
    return [*found, Grant(("wafv2:GetWebACL",), acls, "does a Block rule refer to the set?")] if acls else found


def revoke_sessions(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Put the one policy on the plan's roles that refuses older sessions."""
    roles = _roles(plan, names)
    return [Grant(("iam:PutRolePolicy",), roles, "older sessions of the roles the plan names")] if roles else []


def see_revoked(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Read it back."""
    roles = _roles(plan, names)
    return [Grant(("iam:GetRolePolicy",), roles, "from which moment on sessions count")] if roles else []


def empty_groups(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Take the rules of the plan's groups away."""
    return _groups(plan, names, "ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress")


def fill_groups(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Put them back."""
    return _groups(plan, names, "ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress")


def renew_here(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Replace the tasks of this region's services, where the plan names roles whose sessions end."""
    if not _of(plan).roles:
        return []
    places = [service.places[names.region] for service in plan.services]
    services = tuple(names.service(place.cluster, place.service) for place in places)
    return [Grant(("ecs:UpdateService",), services, "fresh tasks, with sessions of their own")]


def read_copies(plan: Plan, names: ResourceNames) -> list[Grant]:
    """Which version of each copy is the former one, and who logs in by the current one here."""
    secrets = [secret.name for secret in plan.secrets if DATABASE_URL in secret.keys]
    there = ResourceNames(plan, plan.regions.peer_of(names.region))
    copies = tuple(where.arn("secretsmanager", f"secret:{name}-??????") for where in (names, there) for name in secrets)
    ours = tuple(names.arn("secretsmanager", f"secret:{name}-??????") for name in secrets)
    why = "AWS appends six random characters to the ARN of a secret"
    return [
        Grant(("secretsmanager:DescribeSecret",), copies, f"the former version of each copy; {why}"),
        Grant(("secretsmanager:GetSecretValue",), ours, f"which user is in use now; {why}"),
    ]


def ask_access(_: Plan, names: ResourceNames) -> list[Grant]:
    """Ask what a database says of its application's users."""
    return [_ask(names, "ReadAccess", "open sessions, and which tables were within reach")]


def ask_to_lift(_: Plan, names: ResourceNames) -> list[Grant]:
    """Hand on a person's word that the containment ends."""
    return [_ask(names, "LiftContainment", "the rights to lift it are that function's, not the door's")]


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
        Grant(("ec2:DescribeSecurityGroups",), ("*",), "Amazon EC2 offers no resource for this read"),
        Grant(actions, groups, "the groups the plan isolates"),
    ]
