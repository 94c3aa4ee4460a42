"""Proving that a breach is contained: each thing that contradicts it, and its twin."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lyo_dr.adapters.aws.iam import revoke_older_sessions
from lyo_dr.adapters.aws.session import client
from lyo_dr.decisions.breach.response import judge_breach
from lyo_dr.model.incident import Incident
from lyo_dr.services.breach import breach_context, verification
from lyo_dr.services.common import application_login, sql_functions
from lyo_dr.steps.breach_response import prove_contained
from tests.plans import lyo_plan
from tests.unit.aws import World
from tests.unit.breaches import BREACH, INTRUDER, SECRET, a_breach_signal, given_breach
from tests.unit.builders import IRELAND, NOON, OREGON, a_probe, serving

ROLE, SET, ACL = "lyo-saas-production-task", "lyo-saas-blocked", {IRELAND: "lyo-saas-production", OREGON: "lyo-saas-dr"}
SEEN = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"}
URL = "postgresql://{}:x@db.example.com:5432/bookings"


@dataclass
class Outside:
    """What the databases and the front door answer."""

    old_refused: bool = True
    new_accepted: bool = True
    sessions: dict[str, int] = field(default_factory=lambda: {"lyo_app_b": 4})
    front: Any = field(default_factory=serving)
    silent: str = ""

    def ask(self, function: str, asked: dict[str, Any], region: str, **_more: Any) -> Any:
        """In the place of the functions inside the VPC."""
        if function.endswith("read-access"):
            found = {"database": "bookings", "sessions": self.sessions}
            return {**found, "error": self.silent} if self.silent else found
        version, database = asked["version"], asked["database"]
        old = application_login.login_in(lyo_plan(), asked["secret"], database, region, version).user == "lyo_app"
        if old:
            return {"accepted": not self.old_refused, "refused": self.old_refused, "reason": "28P01"}
        return {"accepted": self.new_accepted, "refused": not self.new_accepted, "reason": ""}


@pytest.fixture
def outside(world: World, monkeypatch: pytest.MonkeyPatch) -> Outside:
    """Everything as it has to be: rotated in both regions, blocked, revoked, ready."""
    monkeypatch.setenv("AWS_REGION", IRELAND)
    world.calls.preparing = True
    for region in (IRELAND, OREGON):
        store = client("secretsmanager", region)
        store.create_secret(Name=SECRET, SecretString=json.dumps({"DATABASE_URL": URL.format("lyo_app")}))
        store.put_secret_value(SecretId=SECRET, SecretString=json.dumps({"DATABASE_URL": URL.format("lyo_app_b")}))
        _given_acl(region)
    client("iam", "us-east-1").create_role(RoleName=ROLE, AssumeRolePolicyDocument="{}")
    revoke_older_sessions(ROLE, NOON)
    world.calls.preparing = False
    found = Outside()

    def ask(*asked: Any, **more: Any) -> Any:
        with world.elsewhere():
            return found.ask(*asked, **more)

    for module in (breach_context, sql_functions):
        monkeypatch.setattr(module, "invoke", ask)
    monkeypatch.setattr(verification, "ask_services", lambda _ctx: [found.front])
    return found


def _given_acl(region: str) -> None:
    waf, rules = client("wafv2", region), list[dict[str, Any]]()
    for name, kind, addresses in ((SET, "IPV4", [f"{INTRUDER}/32"]), (f"{SET}-6", "IPV6", [])):
        made = waf.create_ip_set(Name=name, Scope="REGIONAL", IPAddressVersion=kind, Addresses=addresses)
        statement = {"IPSetReferenceStatement": {"ARN": made["Summary"]["ARN"]}}
        rule = {"Name": name, "Priority": len(rules), "Statement": statement, "VisibilityConfig": SEEN}
        rules.append({**rule, "Action": {"Block": {}}})
    waf.create_web_acl(
        Name=ACL[region], Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=SEEN, Rules=rules
    )


@pytest.fixture
def ours(world: World, outside: Outside) -> Incident:
    return given_breach(world)


def prove(incident: Incident, rotation: str = "done") -> Any:
    course = judge_breach(lyo_plan(), incident, a_breach_signal(), None)
    rotated = {"part": "rotation", "status": rotation, "sentence": "x"}
    return prove_contained.handler(
        {"incident": msgspec.to_builtins(incident), "course": msgspec.to_builtins(course), "rotation": rotated}
    )


def test_what_was_tried_and_refused_is_proven(ours: Incident) -> None:
    proof = prove(ours)
    assert proof["status"] == "done"
    assert f"the former login of {SECRET} was tested and is refused, none of its sessions is open" in proof["sentence"]
    assert f"{INTRUDER}/32 in the blocked IP sets of the web ACL" in proof["sentence"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda it: setattr(it, "old_refused", False), "the former login of .* is not refused in eu-west-1"),
        (lambda it: setattr(it, "old_refused", False), "is not refused in us-west-2"),
        (lambda it: setattr(it, "new_accepted", False), "the new login of .* is not accepted in eu-west-1"),
        (lambda it: setattr(it, "sessions", {"lyo_app": 2}), "2 sessions of lyo_app still open in bookings"),
        (lambda it: setattr(it, "silent", "DatabaseUnreachable"), "bookings does not report its sessions"),
        (lambda it: setattr(it, "front", a_probe(503)), "is not ready"),
    ],
)
def test_what_contradicts_it_is_named_and_looked_at_again(
    outside: Outside, ours: Incident, change: Callable[[Outside], None], said: str
) -> None:
    change(outside)
    proof = prove(ours)
    assert proof["status"] == "pending"
    assert proof["wait_seconds"] >= 1
    assert re.search(said, proof["sentence"])


def test_after_the_budget_it_has_failed_with_every_gap(world: World, outside: Outside, ours: Incident) -> None:
    outside.sessions, outside.front = {"lyo_app": 1}, a_probe(503)
    began = world.ctx().now() - world.plan.budgets.validation - timedelta(seconds=1)
    world.ctx(region=IRELAND).store.incidents.record_once(BREACH, "PROVING", "began", at=began.isoformat())
    proof = prove(ours)
    assert proof["status"] == "failed"
    assert "1 session of lyo_app" in proof["sentence"]
    assert "is not ready" in proof["sentence"]


def test_fault_49_a_set_no_block_rule_refers_to_blocks_nobody(world: World, ours: Incident) -> None:
    world.calls.preparing = True
    waf = client("wafv2", IRELAND)
    (acl,) = waf.list_web_acls(Scope="REGIONAL")["WebACLs"]
    which = {"Name": acl["Name"], "Scope": "REGIONAL", "Id": acl["Id"]}
    found = waf.get_web_acl(**which)
    rules = [{**rule, "Action": {"Count": {}}} for rule in found["WebACL"]["Rules"]]
    waf.update_web_acl(
        **which, LockToken=found["LockToken"], DefaultAction={"Allow": {}}, VisibilityConfig=SEEN, Rules=rules
    )
    world.calls.preparing = False
    proof = prove(ours)
    assert proof["status"] == "pending"
    assert f"no Block rule of web ACL {ACL[IRELAND]} in eu-west-1 refers to IP set {SET}" in proof["sentence"]


def test_after_a_rotation_that_failed_the_rest_is_proven_all_the_same(outside: Outside, ours: Incident) -> None:
    outside.old_refused = False
    proof = prove(ours, rotation="failed")
    assert proof["status"] == "done"
    assert proof["sentence"].startswith("Proven, without a rotation")
