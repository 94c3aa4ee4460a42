"""AWS WAF: IP sets that block addresses, and the sampled requests it keeps for three hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from lyo_dr.adapters import environment
from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.errors import NotFound, WriteConflict
from lyo_dr.model.evidence import WebAcl

_SCOPE = "REGIONAL"
_TRIES = 8
"""Retries after losing a race; eight losses in a row against one busy writer do not happen by chance."""

_BRIEF: dict[str, Any] = {"read_seconds": 3.0, "attempts": 2}
"""For the other region, which may be gone: its silence must not cost the block in this one."""


class IpSet(msgspec.Struct, frozen=True):
    """An IP set as it was read; ``token`` says which version of it."""

    id: str
    arn: str
    addresses: list[str]
    token: str


def read_set(name: str, region: str) -> IpSet:
    """Content and lock token of a set. Raises NotFound."""
    found = _find(name, region, "list_ip_sets", "IPSets")
    with calling(f"reading IP set {name} in {region}"):
        answer = _waf(region).get_ip_set(Name=name, Scope=_SCOPE, Id=found)
    return IpSet(found, answer["IPSet"]["ARN"], answer["IPSet"]["Addresses"], answer["LockToken"])


def change_set(name: str, region: str, change: Callable[[list[str]], list[str] | None]) -> bool:
    """Read, change, write with the lock token; read again after a concurrent change. False: nothing to change.

    UpdateIPSet replaces the whole list, and refuses a token that is no longer current with
    ``WAFOptimisticLockException`` (API reference of WAFv2), so nobody's entries are lost. Raises
    NotFound, WriteConflict.
    """
    for _ in range(_TRIES):
        found = read_set(name, region)
        wanted = change(found.addresses)
        if wanted is None:
            return False
        try:
            with calling(f"changing IP set {name} in {region}"):
                _waf(region).update_ip_set(
                    Name=name, Scope=_SCOPE, Id=found.id, Addresses=wanted, LockToken=found.token
                )
        except WriteConflict:
            continue
        return True
    raise WriteConflict(f"IP set {name} in {region} was changed concurrently {_TRIES} times in a row; try again")


def blocking_sets(acl: str, region: str) -> list[str]:
    """ARNs of the IP sets a Block rule of a web ACL refers to directly. Raises NotFound."""
    found = _find(acl, region, "list_web_acls", "WebACLs")
    with calling(f"reading web ACL {acl} in {region}"):
        rules = _waf(region).get_web_acl(Name=acl, Scope=_SCOPE, Id=found)["WebACL"]["Rules"]
    return [
        rule["Statement"]["IPSetReferenceStatement"]["ARN"]
        for rule in rules
        if "Block" in rule.get("Action", {}) and "IPSetReferenceStatement" in rule.get("Statement", {})
    ]


def _waf(region: str) -> Any:
    return client("wafv2", region, **({} if region == environment.region() else _BRIEF))


def _find(name: str, region: str, operation: str, member: str) -> str:
    """AWS WAF asks for an id it has chosen itself; the plan knows names. Raises NotFound."""
    marker: dict[str, str] = {}
    while True:
        with calling(f"looking for {name} in {region}"):
            answer = getattr(_waf(region), operation)(Scope=_SCOPE, Limit=100, **marker)
        for item in answer[member]:
            if item["Name"] == name:
                return str(item["Id"])
        if not answer.get("NextMarker"):
            raise NotFound(f"AWS WAF in {region} has nothing called {name}; the plan's part on breaches names it")
        marker = {"NextMarker": answer["NextMarker"]}


_MOST = 500
"""Requests in one answer (API reference, GetSampledRequests)."""


def find_web_acl(name: str, region: str) -> WebAcl:
    """The web ACL of this name; AWS WAF has chosen its id. Raises NotFound."""
    more: dict[str, str] = {}
    while True:
        with calling(f"looking for web ACL {name} in {region}"):
            page = client("wafv2", region).list_web_acls(Scope="REGIONAL", Limit=100, **more)
        for found in page["WebACLs"]:
            if found["Name"] == name:
                return WebAcl(arn=found["ARN"], name=name, id=found["Id"])
        if not page.get("NextMarker"):
            raise NotFound(f"AWS WAF in {region} has no web ACL {name}")
        more = {"NextMarker": page["NextMarker"]}


def metrics_of(acl: WebAcl, region: str) -> list[str]:
    """The names under which a web ACL and its rules count, each once. Raises NotFound."""
    with calling(f"reading web ACL {acl.name} in {region}"):
        found = client("wafv2", region).get_web_acl(Name=acl.name, Id=acl.id, Scope="REGIONAL")["WebACL"]
    views = [found["VisibilityConfig"], *(rule["VisibilityConfig"] for rule in found.get("Rules", []))]
    return list(dict.fromkeys(str(view["MetricName"]) for view in views))


def sampled(acl: WebAcl, metric: str, since: datetime, until: datetime, region: str) -> list[dict[str, Any]]:
    """Sampled requests that one rule has looked at. Raises NotFound, AwsCallFailed."""
    with calling(f"reading the sampled requests of {metric} in {region}"):
        answer = client("wafv2", region).get_sampled_requests(
            WebAclArn=acl.arn,
            RuleMetricName=metric,
            Scope="REGIONAL",
            TimeWindow={"StartTime": since, "EndTime": until},
            MaxItems=_MOST,
        )
    return [{**request, "RuleMetricName": metric} for request in answer["SampledRequests"]]
