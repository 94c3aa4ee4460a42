"""A web ACL stands in front of the load balancer.

Upstream keeps web ACLs and IP sets and lets every request pass: its load balancers know nothing of them, and
those here are processes of the data host. AWS answers 403 to a visitor whose address is in an IP set that a Block
rule refers to (AWS WAF developer guide, "IP set match rule statement"). Here whatever a Block rule refers to is sent
to the load balancer of that region as soon as it changes; AWS takes seconds to minutes for that. Which load balancer
an ACL is associated with is not looked at: there is one in each region.
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_region
from ministack.services import waf

from local_aws.gateway.data_plane import DataHostClient, DataHostError
from local_aws.patch_context import PatchContext

_CHANGES = ("_create_web_acl", "_update_web_acl", "_delete_web_acl", "_update_ip_set", "_delete_ip_set")

REQUIRES = tuple(f"ministack.services.waf:{name}" for name in (*_CHANGES, "_ip_sets", "_web_acls", "_values_for_scope"))


def apply(context: PatchContext) -> None:
    """Tell the load balancer after every change; without a data host there is none."""
    if context.data_host is None:
        return
    for operation in _CHANGES:
        setattr(waf, operation, _told(getattr(waf, operation), context.data_host))


def _told(change: Callable[[dict[str, Any]], Any], host: DataHostClient) -> Callable[[dict[str, Any]], Any]:
    def change_and_tell(data: dict[str, Any]) -> Any:
        answer = change(data)
        tell(host, get_region(), blocked())
        return answer

    return change_and_tell


def blocked() -> list[str]:
    """Networks that a Block rule of a regional web ACL of this region refers to."""
    sets = {found["ARN"]: found["Addresses"] for found in waf._values_for_scope(waf._ip_sets, "REGIONAL")}
    rules = [rule for acl in waf._values_for_scope(waf._web_acls, "REGIONAL") for rule in acl["Rules"]]
    blocking = [rule["Statement"] for rule in rules if "Block" in rule.get("Action", {})]
    named = [one["IPSetReferenceStatement"]["ARN"] for one in blocking if "IPSetReferenceStatement" in one]
    return sorted({address for arn in named for address in sets.get(arn, [])})


def tell(host: DataHostClient, region: str, networks: list[str]) -> None:
    """The load balancer of a region; a data host that does not answer has none."""
    try:
        host.forward("POST", f"/regions/{region}/balancer/block", {}, json.dumps({"networks": networks}), {})
    except DataHostError:
        return
