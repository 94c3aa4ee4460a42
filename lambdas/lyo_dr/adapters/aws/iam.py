"""IAM: ending sessions of a role that started before a given time."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from lyo_dr.adapters.aws.session import calling, client

POLICY = "AWSRevokeOlderSessions"
"""The name the IAM console gives this policy, too (IAM user guide, "Revoking IAM role temporary credentials")."""

_REGION = "us-east-1"
"""IAM has one endpoint for all regions of a partition, and it is there."""


def revoke_older_sessions(role: str, before: datetime) -> None:
    """Deny everything to sessions of a role that were issued before a given time. Raises NotFound.

    Writing it again replaces the previous policy; sessions issued later are not affected.
    """
    with calling(f"ending older sessions of role {role}"):
        client("iam", _REGION).put_role_policy(
            RoleName=role, PolicyName=POLICY, PolicyDocument=json.dumps(denying(before))
        )


def revoked_before(role: str) -> str | None:
    """The moment before which sessions of a role are refused, as it stands in the policy."""
    with calling(f"reading the policy of role {role}"):
        found = client("iam", _REGION).get_role_policy(RoleName=role, PolicyName=POLICY)["PolicyDocument"]
    try:
        document = json.loads(found) if isinstance(found, str) else found
        return str(document["Statement"][0]["Condition"]["DateLessThan"]["aws:TokenIssueTime"])
    except (ValueError, KeyError, IndexError, TypeError):
        return None


def denying(before: datetime) -> dict[str, Any]:
    """The policy. ``aws:TokenIssueTime`` is in every request with temporary credentials."""
    moment = before.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Action": ["*"],
                "Resource": ["*"],
                "Condition": {"DateLessThan": {"aws:TokenIssueTime": moment}},
            }
        ],
    }
