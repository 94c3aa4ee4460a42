"""EC2: a rule that names another group is revoked, and given again, as EC2 describes it."""

from __future__ import annotations

from typing import Any

import pytest

from local_aws.local import LocalAws
from tests.local_aws.builders import WEST, unique


def _given_groups(aws: LocalAws) -> tuple[Any, str, str]:
    ec2 = aws.client("ec2", WEST)
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    database, app = (
        ec2.create_security_group(GroupName=unique("group"), Description="d", VpcId=vpc)["GroupId"] for _ in range(2)
    )
    return ec2, database, app


def _rule(group: str, port: int = 5432, **more: str) -> dict[str, Any]:
    pair = {"GroupId": group, **more}
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [pair]}


def _described(ec2: Any, group: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    return [{name: value for name, value in rule.items() if value != []} for rule in found]


@pytest.mark.parametrize("more", [{}, {"Description": "the app"}], ids=["plain", "with a description"])
def test_a_rule_that_names_a_group_is_revoked_as_it_was_described(aws: LocalAws, more: dict[str, str]) -> None:
    ec2, database, app = _given_groups(aws)
    ec2.authorize_security_group_ingress(GroupId=database, IpPermissions=[_rule(app, 5432, **more)])
    described = _described(ec2, database)
    assert described[0]["UserIdGroupPairs"][0]["UserId"], "EC2 says whose group it is"
    ec2.revoke_security_group_ingress(GroupId=database, IpPermissions=described)
    assert _described(ec2, database) == []
    ec2.authorize_security_group_ingress(GroupId=database, IpPermissions=described)
    assert _described(ec2, database) == described


def test_the_twin_a_rule_that_names_another_group_or_port_stays(aws: LocalAws) -> None:
    ec2, database, app = _given_groups(aws)
    ec2.authorize_security_group_ingress(GroupId=database, IpPermissions=[_rule(app), _rule(database)])
    ec2.revoke_security_group_ingress(GroupId=database, IpPermissions=[_rule(database)])
    assert [rule["UserIdGroupPairs"][0]["GroupId"] for rule in _described(ec2, database)] == [app]
    ec2.revoke_security_group_ingress(GroupId=database, IpPermissions=[_rule(app, port=6379)])
    assert len(_described(ec2, database)) == 1
