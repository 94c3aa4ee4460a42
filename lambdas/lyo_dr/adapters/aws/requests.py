"""AWS WAF: the requests it has kept samples of. They are gone after three hours."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lyo_dr.adapters.aws.session import calling, client
from lyo_dr.errors import NotFound
from lyo_dr.model.evidence import WebAcl

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
    """Sampled requests that one rule has looked at. Raises NotFound, CallRefused."""
    with calling(f"reading the sampled requests of {metric} in {region}"):
        answer = client("wafv2", region).get_sampled_requests(
            WebAclArn=acl.arn,
            RuleMetricName=metric,
            Scope="REGIONAL",
            TimeWindow={"StartTime": since, "EndTime": until},
            MaxItems=_MOST,
        )
    return [{**request, "RuleMetricName": metric} for request in answer["SampledRequests"]]
