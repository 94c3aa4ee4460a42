"""The cases of ``breach_response``: a breach in Ireland, under the lease of Oregon."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from lyo_dr.adapters.aws.session import client
from lyo_dr.decisions.breach.response import judge_breach
from lyo_dr.model.breach import Part
from lyo_dr.model.consent import Consent
from lyo_dr.model.plan import Plan
from tests.killed.given import login
from tests.killed.harness import Case
from tests.killed.stage import Stage
from tests.plans import lyo_plan
from tests.unit.breaches import BREACH, a_breach_signal, given_breach, with_breach
from tests.unit.builders import IRELAND, NOON, OREGON

_GROUP = "sg-1"
_ROLE = "lyo-saas-production-task"
_FAILED = {"Error": "Throttled", "Cause": '{"errorMessage": "AWS asks to slow down"}'}
_PART = "a part that failed is said to responders with its reason, and the others go on"
_GONE = "what cannot be read is said in the assessment"


def _breach(stage: Stage, **more: Any) -> dict[str, Any]:
    incident = given_breach(stage.world)
    stage.world.ctx(region=IRELAND).store.incidents.set(BREACH, gate="open")
    stage.http = lambda _url: (200, {"database": "read_write", "region": IRELAND})
    course = judge_breach(stage.plan, incident, a_breach_signal(), None)
    return {"incident": incident, "course": course, "signal": a_breach_signal(), **more}


def _waf(stage: Stage) -> dict[str, Any]:
    event = _breach(stage)
    with stage.world.elsewhere():
        for region in (IRELAND, OREGON):
            for name, kind in (("lyo-saas-blocked", "IPV4"), ("lyo-saas-blocked-6", "IPV6")):
                client("wafv2", region).create_ip_set(Name=name, Scope="REGIONAL", IPAddressVersion=kind, Addresses=[])
    stage.kept["blocked"] = lambda: [_addresses(region) for region in (IRELAND, OREGON)]
    return event


def _addresses(region: str) -> list[str]:
    from lyo_dr.adapters.aws.waf import read_set

    return read_set("lyo-saas-blocked", region).addresses


def _isolating() -> Plan:
    return with_breach(lyo_plan(), isolate={IRELAND: [_GROUP]})


def _groups(stage: Stage) -> dict[str, Any]:
    rule = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    group: dict[str, Any] = {"IpPermissions": [rule], "IpPermissionsEgress": [rule]}
    stage.kept["group"] = group

    def answered(_region: str, operation: str, asked: dict[str, Any]) -> Any:
        if operation == "DescribeSecurityGroups":
            return {"SecurityGroups": [json.loads(json.dumps(group))]}
        side = "IpPermissions" if operation.endswith("Ingress") else "IpPermissionsEgress"
        group[side] = [] if operation.startswith("Revoke") else asked["IpPermissions"]
        return {}

    stage.calls.services["ec2"] = answered
    return _breach(stage)


def _roles(stage: Stage) -> dict[str, Any]:
    stage.kept["policies"] = policies = dict[str, str]()

    def answered(_region: str, operation: str, asked: dict[str, Any]) -> Any:
        if operation == "PutRolePolicy":
            policies[asked["RoleName"]] = asked["PolicyDocument"]
        return {"PolicyDocument": policies.get(asked["RoleName"], "{}")}

    stage.calls.services["iam"] = answered
    return _breach(stage, before=NOON)


def _access(stage: Stage) -> dict[str, Any]:
    stage.functions["read-access"] = lambda _: {"database": "bookings", "readable": {"lyo_app": ["lyo_users"]}}
    return _breach(stage, so_far={})


def _approved(stage: Stage) -> dict[str, Any]:
    event = _breach(stage)
    consent = Consent(facts=event["course"].gate.facts, finding="breach", by="ada")
    fields = {"facts": consent.facts, "finding": consent.finding, "by": consent.by}
    stage.world.ctx(region=IRELAND).store.incidents.set(BREACH, consent=fields)
    return event


def _contained(stage: Stage, answer: str = "declined") -> dict[str, Any]:
    parts = {"blocked": Part(part="block", status="done", sentence="Blocked")}
    return _breach(stage, so_far={**parts, "consent": {"answer": answer, "sentence": "x"}})


def _lifting(stage: Stage) -> dict[str, Any]:
    import msgspec

    from lyo_dr.steps.breach_response import block_addresses

    event = _waf(stage)
    block_addresses.handler(msgspec.to_builtins(event))
    return {"incident": BREACH, "by": "ada", "why": "false alarm"}


def _here(given: Callable[[Stage], dict[str, Any]], **more: Any) -> Case:
    """Ireland is active."""
    return Case(given, region=IRELAND, **more)


def _sql(stage: Stage) -> dict[str, Any]:
    login(stage, IRELAND)
    stage.sql = lambda _statement, _values: []
    return {"database": "bookings"}


def _proving(stage: Stage) -> dict[str, Any]:
    return _roles(stage) | {"rotation": {"status": "postponed"}}


CASES = {
    "judge_breach": _here(_breach),
    "announce_breach": _here(_breach),
    "announce_breach_failure": _here(lambda stage: _breach(stage, error=_FAILED)),
    "block_addresses": _here(
        _waf,
        otherwise=dict.fromkeys(("wafv2:ListIPSets", "wafv2:GetIPSet", "wafv2:UpdateIPSet", "dynamodb:PutItem"), _PART),
    ),
    "assess_breach": _here(_access, otherwise={"lambda:Invoke read-access": _GONE}),
    "read_access": _here(_sql, reads_only=True),
    "open_gate": _here(_approved),
    "isolate_groups": _here(
        _groups,
        plan=_isolating,
        otherwise=dict.fromkeys(
            (
                "ec2:DescribeSecurityGroups",
                "ec2:RevokeSecurityGroupIngress",
                "ec2:RevokeSecurityGroupEgress",
                "dynamodb:PutItem",
            ),
            _PART,
        ),
    ),
    "renew_tasks": _here(_breach),
    "check_tasks": _here(lambda stage: _breach(stage, before=NOON), reads_only=True),
    "revoke_sessions": _here(_roles, otherwise={"iam:PutRolePolicy": _PART}),
    "prove_contained": _here(_proving),
    "conclude_breach": [_here(_contained), _here(lambda stage: _contained(stage, "approved"))],
    "lift_containment": _here(_lifting),
}
