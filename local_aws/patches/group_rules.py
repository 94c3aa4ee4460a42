"""A security group rule that names another group.

EC2 describes such a rule with the account that owns the named group, whether or not the rule was given with it, and
takes the description back: revoked, the rule is gone; authorised, it is there (API reference of EC2, UserIdGroupPair
and RevokeSecurityGroupIngress). Upstream describes the account, and then compares it with the rule as it was given: the
call succeeds, and the rule stays. Nor does a description tell two rules apart.
"""

from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import ec2

from local_aws.patch_context import PatchContext

REQUIRES = ("ministack.services.ec2:_rules_match", "ministack.services.ec2:_strip_descriptions")

_TELLS_APART = ("GroupId", "GroupName", "UserId", "VpcPeeringConnectionId")


def apply(_world: PatchContext) -> None:
    """Compare rules with the account that a description adds."""
    ec2._rules_match = _match


def _match(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return _told(one) == _told(other)


def _told(rule: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = dict(ec2._strip_descriptions(rule))
    # A rule from a template may lack lists that a call always has.
    told.setdefault("PrefixListIds", [])
    told["UserIdGroupPairs"] = [_pair(pair) for pair in rule.get("UserIdGroupPairs") or []]
    return told


def _pair(pair: Any) -> dict[str, str]:
    found = pair if isinstance(pair, dict) else {"GroupId": str(pair)}
    told = {name: str(found[name]) for name in _TELLS_APART if found.get(name)}
    if "GroupId" in told:
        told.pop("GroupName", None)
    return {"UserId": get_account_id(), **told}
