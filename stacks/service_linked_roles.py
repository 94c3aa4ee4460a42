"""Before a deployment: the service-linked roles of every service that a recovery calls.

AWS makes such a role at the first use of a service, on behalf of who uses it first. In a fresh recovery account that
may be a step in the middle of an outage, whose role may not (IAM user guide, "Create a service-linked role").
"""

from __future__ import annotations

import sys
from typing import Any

import botocore.session
from botocore.exceptions import ClientError

ROLES = {
    "AWSServiceRoleForApplicationAutoScaling_ECSService": "ecs.application-autoscaling.amazonaws.com",
    "AWSServiceRoleForECS": "ecs.amazonaws.com",
    "AWSServiceRoleForElastiCache": "elasticache.amazonaws.com",
    "AWSServiceRoleForRDS": "rds.amazonaws.com",
}
"""Name of each role, and the service it is linked to."""


def make_missing(iam: Any) -> list[str]:
    """Create the roles that do not exist yet; their names. Roles are global: once for all regions."""
    made = []
    for name, service in ROLES.items():
        try:
            iam.get_role(RoleName=name)
        except ClientError as refusal:
            if refusal.response["Error"]["Code"] != "NoSuchEntity":
                raise
            iam.create_service_linked_role(AWSServiceName=service)
            made.append(name)
    return made


def main() -> int:
    """``python -m stacks.service_linked_roles``."""
    for name in make_missing(botocore.session.get_session().create_client("iam", region_name="us-east-1")):
        sys.stdout.write(f"{name} created\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
