"""WAFv2: nobody overwrites what somebody else has changed meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from local_aws.local import LocalAws
from tests.local_aws.builders import WEST, unique

SEEN = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}


def _given_ip_set(aws: LocalAws) -> tuple[Any, dict[str, str], str]:
    waf, name = aws.client("wafv2", WEST), unique("blocked")
    made = waf.create_ip_set(Name=name, Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=[])["Summary"]
    return waf, {"Name": name, "Scope": "REGIONAL", "Id": made["Id"]}, made["LockToken"]


def test_an_ip_set_is_changed_with_the_token_of_the_last_look_only(aws: LocalAws) -> None:
    waf, which, token = _given_ip_set(aws)
    following = waf.update_ip_set(**which, Addresses=["192.0.2.1/32"], LockToken=token)["NextLockToken"]
    with pytest.raises(waf.exceptions.WAFOptimisticLockException):
        waf.update_ip_set(**which, Addresses=["192.0.2.2/32"], LockToken=token)
    with pytest.raises(waf.exceptions.WAFOptimisticLockException):
        waf.delete_ip_set(**which, LockToken=token)
    found = waf.get_ip_set(**which)
    assert (found["IPSet"]["Addresses"], found["LockToken"]) == (["192.0.2.1/32"], following)
    waf.delete_ip_set(**which, LockToken=following)


def test_an_ip_set_nobody_knows_is_not_found_whatever_the_token(aws: LocalAws) -> None:
    waf = aws.client("wafv2", WEST)
    with pytest.raises(waf.exceptions.WAFNonexistentItemException):
        waf.update_ip_set(Name="n", Scope="REGIONAL", Id=unique("id"), Addresses=[], LockToken="t")


def test_a_rule_group_is_changed_with_the_token_of_the_last_look_only(aws: LocalAws) -> None:
    waf, name = aws.client("wafv2", WEST), unique("rules")
    group = {"Name": name, "Scope": "REGIONAL"}
    made = waf.create_rule_group(**group, Capacity=1, VisibilityConfig=SEEN)["Summary"]
    change = {**group, "Id": made["Id"], "LockToken": made["LockToken"]}
    waf.update_rule_group(**change, VisibilityConfig=SEEN)
    with pytest.raises(waf.exceptions.WAFOptimisticLockException):
        waf.update_rule_group(**change, VisibilityConfig=SEEN)


def test_a_web_acl_is_changed_with_the_token_of_the_last_look_only(aws: LocalAws) -> None:
    waf, name = aws.client("wafv2", WEST), unique("acl")
    acl = {"Name": name, "Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": SEEN}
    made = waf.create_web_acl(**acl)["Summary"]
    change = {**acl, "Id": made["Id"], "LockToken": made["LockToken"]}
    waf.update_web_acl(**change)
    with pytest.raises(waf.exceptions.WAFOptimisticLockException):
        waf.update_web_acl(**change)
