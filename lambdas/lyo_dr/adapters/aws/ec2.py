"""EC2: emptying a security group, and filling it again as it was."""

from __future__ import annotations

from typing import Any

from lyo_dr.adapters.aws.session import calling, client

_DIRECTIONS = {
    "in": ("IpPermissions", "revoke_security_group_ingress", "authorize_security_group_ingress"),
    "out": ("IpPermissionsEgress", "revoke_security_group_egress", "authorize_security_group_egress"),
}


def rules_of(group: str, region: str) -> dict[str, list[Any]]:
    """What a group lets in and out, as EC2 describes it. Raises NotFound."""
    with calling(f"describing security group {group} in {region}"):
        found = client("ec2", region).describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    return {direction: _told(found.get(member, [])) for direction, (member, _, _) in _DIRECTIONS.items()}


def close(group: str, region: str, rules: dict[str, list[Any]]) -> None:
    """Take these rules away: nothing new comes in or goes out."""
    for direction, (_, revoke, _) in _DIRECTIONS.items():
        if rules[direction]:
            with calling(f"emptying security group {group} in {region}"):
                getattr(client("ec2", region), revoke)(GroupId=group, IpPermissions=rules[direction])


def open_again(group: str, region: str, rules: dict[str, list[Any]]) -> None:
    """Put these rules back where they are missing."""
    present = rules_of(group, region)
    for direction, (_, _, authorize) in _DIRECTIONS.items():
        missing = [rule for rule in rules[direction] if rule not in present[direction]]
        if missing:
            with calling(f"filling security group {group} in {region}"):
                getattr(client("ec2", region), authorize)(GroupId=group, IpPermissions=missing)


def _told(permissions: list[Any]) -> list[Any]:
    """Without empty lists, which EC2 describes and does not take."""
    return [{name: value for name, value in rule.items() if value != []} for rule in permissions]
