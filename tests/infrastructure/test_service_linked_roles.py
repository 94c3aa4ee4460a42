"""Service-linked roles: made before the deployment, whether or not some exist already."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stacks.service_linked_roles import ROLES, make_missing


class Iam:
    """IAM as far as this goes: a role that exists is not created again."""

    def __init__(self, *existing: str) -> None:
        self.roles = set(existing)
        self.refuses = ""

    def get_role(self, RoleName: str) -> dict[str, Any]:  # noqa: N803 - AWS names it so
        """The role, where there is one."""
        if self.refuses or RoleName not in self.roles:
            raise ClientError({"Error": {"Code": self.refuses or "NoSuchEntity", "Message": "no"}}, "GetRole")
        return {"Role": {"RoleName": RoleName}}

    def create_service_linked_role(self, AWSServiceName: str) -> None:  # noqa: N803
        """Refused where there is one."""
        (name,) = (role for role, service in ROLES.items() if service == AWSServiceName)
        if name in self.roles:
            refusal = {"Error": {"Code": "InvalidInput", "Message": f"{name} has been taken in this account"}}
            raise ClientError(refusal, "CreateServiceLinkedRole")
        self.roles.add(name)


def test_d7_service_linked_roles_are_made_once_each() -> None:
    iam = Iam()
    assert make_missing(iam) == sorted(ROLES)
    assert make_missing(iam) == []
    assert iam.roles == set(ROLES)


def test_d7_service_linked_roles_that_exist_are_left_alone() -> None:
    iam = Iam("AWSServiceRoleForECS", "AWSServiceRoleForRDS")
    assert make_missing(iam) == ["AWSServiceRoleForApplicationAutoScaling_ECSService", "AWSServiceRoleForElastiCache"]


def test_d7_a_refusal_is_no_missing_role() -> None:
    iam = Iam()
    iam.refuses = "AccessDenied"
    with pytest.raises(ClientError, match="AccessDenied"):
        make_missing(iam)
