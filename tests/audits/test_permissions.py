"""Tiny templates, tiny records: what is proven, what is not, and what must be noticed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from audits.permissions import Finding, Verdict, allows, judge
from audits.records import Check, Record, checks_of
from audits.report import as_json
from audits.roles import parts, roles_of, without

WEST, EAST = "us-west-2", "eu-west-1"
TABLE = "arn:aws:dynamodb:{region}:1:table/incidents"


def allow(action: str | list[str], resource: Any = "*", **conditions: Any) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**statement, "Condition": conditions} if conditions else statement


def template(*statements: dict[str, Any], region: str = WEST, step: str = "Triage") -> dict[str, Any]:
    """One step with this policy."""
    policy = {"PolicyDocument": {"Statement": list(statements)}}
    function = {
        "Handler": f"lyo_dr.steps.incident_response.{step.lower()}.handler",
        "Environment": {"Variables": {"AWS_SDK_UA_APP_ID": step}},
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
    }
    return {
        "Resources": {
            "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": f"triage-{region}", "Policies": [policy]}},
            "Other": {"Type": "AWS::Lambda::Function", "Properties": {"Handler": "index.handler"}},
        }
    }


def call(
    action: str, resource: str = "*", *, region: str = WEST, status: int = 200, namespace: str = ""
) -> dict[str, Any]:
    """A line of calls.jsonl."""
    keys = {"keys": {"cloudwatch:namespace": namespace}} if namespace else {}
    checked = {"action": action, "resource": resource, **keys}
    return {"status": status, "role": f"triage-{region}", "checked": [checked]}


def verdict_on(statements: list[dict[str, Any]], *calls: dict[str, Any]) -> Verdict:
    roles = roles_of(template(*statements), WEST)
    return judge([Record("drill", tuple(roles), checks_of(calls))])


def status_of(verdict: Verdict) -> dict[str, str]:
    return {_name(finding): finding.status for finding in verdict.findings}


def _name(finding: Finding) -> str:
    return f"{finding.permission.action} {finding.permission.place}"


NAMESPACE = {"StringEquals": {"cloudwatch:namespace": "LyoDr"}}


@pytest.mark.parametrize(
    ("statements", "calls", "expected"),
    [
        pytest.param([allow("sns:Publish")], [call("sns:Publish")], {"sns:Publish 0": "proven"}, id="used"),
        pytest.param([allow("sns:Publish")], [], {"sns:Publish 0": "unused"}, id="never called"),
        pytest.param(
            [allow("sns:Publish")], [call("sns:Publish", status=400)], {"sns:Publish 0": "unused"}, id="only failed"
        ),
        pytest.param(
            [allow("sns:Publish")], [call("sns:Publish", status=404)], {"sns:Publish 0": "proven"}, id="is not there"
        ),
        pytest.param(
            [allow("sns:Publish")], [call("sns:Publish", status=0)], {"sns:Publish 0": "unused"}, id="never answered"
        ),
        pytest.param(
            [allow(["rds:A", "rds:B"])], [call("rds:A")], {"rds:A 0": "proven", "rds:B 0": "unused"}, id="one of two"
        ),
        pytest.param(
            [allow("sns:Publish", ["t1", "t2"])],
            [call("sns:Publish", "t2")],
            {"sns:Publish 0": "unused", "sns:Publish 1": "proven"},
            id="one resource of two",
        ),
        pytest.param(
            [allow("sns:Publish", "t1"), allow("sns:Publish", "t*")],
            [call("sns:Publish", "t1")],
            {"sns:Publish 0": "unnoticed", "sns:Publish 1": "unnoticed"},
            id="granted twice",
        ),
        pytest.param(
            [allow("sns:Publish", "t1"), allow("sns:Publish", "t*")],
            [call("sns:Publish", "t1"), call("sns:Publish", "t2")],
            {"sns:Publish 0": "unnoticed", "sns:Publish 1": "proven"},
            id="the wider one is needed",
        ),
        pytest.param(
            [allow("cloudwatch:PutMetricData", "*", **NAMESPACE)],
            [call("cloudwatch:PutMetricData", namespace="LyoDr")],
            {"cloudwatch:PutMetricData 0": "proven"},
            id="condition met",
        ),
    ],
)
def test_a_permission_is_proven_by_a_call_that_is_denied_without_it(
    statements: list[dict[str, Any]], calls: list[dict[str, Any]], expected: dict[str, str]
) -> None:
    verdict = verdict_on(statements, *calls)
    assert status_of(verdict) == expected
    assert verdict.holds == (set(expected.values()) == {"proven"})
    assert verdict.unexplained == ()


@pytest.mark.parametrize(
    "recorded",
    [
        pytest.param(call("rds:DeleteDBInstance"), id="another action"),
        pytest.param(call("sns:Publish", "t2"), id="another resource"),
        pytest.param(call("cloudwatch:PutMetricData", namespace="Other"), id="condition not met"),
    ],
)
def test_a_recorded_call_that_the_templates_do_not_allow_is_no_proof_but_a_fault(recorded: dict[str, Any]) -> None:
    statements = [allow("sns:Publish", "t1"), allow("cloudwatch:PutMetricData", "*", **NAMESPACE)]
    verdict = verdict_on(statements, call("sns:Publish", "t1"), recorded)
    (fault,) = verdict.unexplained
    assert "and no template says so" in fault
    assert not verdict.holds


def test_a_call_of_a_test_in_the_name_of_an_unknown_role_is_a_fault() -> None:
    roles = tuple(roles_of(template(allow("sns:Publish")), WEST))
    known = call("sns:Publish")
    stranger = {**known, "role": "nobody", "test": "test_x.py::test_y"}
    assert judge([Record("steps", roles, checks_of([known]))]).unexplained == ()
    assert len(judge([Record("steps", roles, checks_of([known, stranger]))]).unexplained) == 1


def _key(service: str) -> dict[str, Any]:
    reference = {"Fn::ImportValue": "the key"}
    return allow("kms:Decrypt", reference, StringEquals={"kms:ViaService": f"{service}.us-west-2.amazonaws.com"})


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        pytest.param([allow("sns:Publish"), _key("sns")], "implied", id="the key of a service that is called"),
        pytest.param([allow("sns:Publish"), _key("dynamodb")], "unused", id="the key of one that is not"),
        pytest.param([allow("sns:Publish"), _key("s3")], "unused", id="the key of one nobody knows here"),
        pytest.param([allow("sns:Publish"), allow("kms:Decrypt", "key")], "unused", id="a key for everything"),
    ],
)
def test_a_key_is_implied_by_calls_of_the_service_behind_it_alone(
    statements: list[dict[str, Any]], expected: str
) -> None:
    verdict = verdict_on(statements, call("sns:Publish"))
    assert status_of(verdict) == {"sns:Publish 0": "proven", "kms:Decrypt 0": expected}
    assert verdict.holds == (expected == "implied")


def test_what_aws_lambda_does_in_the_roles_name_is_listed_with_its_reason() -> None:
    (finding,) = verdict_on([allow("logs:PutLogEvents", "group:*")]).findings
    assert finding.status == "implied"
    assert finding.reason == "AWS Lambda writes the function's log in the name of its role"


def test_what_is_forbidden_is_no_permission_and_stays_forbidden() -> None:
    denied = {"Effect": "Deny", "Action": "ec2:DescribeSubnets", "Resource": "*"}
    verdict = verdict_on([allow("ec2:DescribeSubnets"), denied])
    assert status_of(verdict) == {"ec2:DescribeSubnets 0": "implied"}
    (role,) = roles_of(template(allow("ec2:DescribeSubnets"), denied), WEST)
    assert not allows(role.statements, Check(role.name, "ec2:DescribeSubnets", "*"))


def test_a_call_in_either_region_is_enough_and_both_names_are_shown() -> None:
    roles = [
        role
        for region in (EAST, WEST)
        for role in roles_of(template(allow("dynamodb:Query", TABLE.format(region=region)), region=region), region)
    ]
    calls = [call("dynamodb:Query", TABLE.format(region=WEST))]
    (finding,) = judge([Record("drill", tuple(roles), checks_of(calls))]).findings
    assert finding.status == "proven"
    assert finding.resources == (TABLE.format(region=EAST), TABLE.format(region=WEST))


def test_what_one_record_does_not_show_another_may() -> None:
    roles = tuple(roles_of(template(allow(["rds:A", "rds:B"])), WEST))
    drill = Record("drill", roles, checks_of([call("rds:A")]))
    tested = Record("steps", roles, checks_of([{**call("rds:B"), "test": "test_x.py::test_y"}]))
    assert not judge([drill]).holds
    both = judge([drill, tested])
    assert both.holds
    assert [one.where for finding in both.findings for one in finding.evidence] == ["drill", "test_x.py::test_y"]


def test_steps_that_made_no_call_are_named_for_every_record() -> None:
    roles = tuple(roles_of(template(allow("rds:A")), WEST))
    quiet, heard = Record("quiet", roles, {}), Record("heard", roles, checks_of([call("rds:A")]))
    assert judge([quiet, heard]).silent == {"quiet": ("incident_response.Triage",), "heard": ()}


def test_taking_one_permission_away_leaves_all_others() -> None:
    (role,) = roles_of(template(allow(["a:X", "a:Y"], ["r1", "r2"]), allow("b:Z")), WEST)
    everything = {(part.action, part.resource) for part in parts(role).values()}
    assert len(everything) == 5
    for part in parts(role).values():
        rest = without(role, part)
        allowed = {(a, r) for a, r in everything if allows(rest, Check(role.name, a, r))}
        assert everything - allowed == {(part.action, part.resource)}


def test_the_result_is_json_with_a_count_for_every_status() -> None:
    verdict = verdict_on([allow(["sns:Publish", "sns:Subscribe"])], call("sns:Publish"), call("sns:Publish"))
    result = json.loads(json.dumps(as_json(verdict)))
    assert result["holds"] is False
    assert result["counts"] == {"proven": 1, "implied": 0, "unused": 1, "unnoticed": 0}
    assert result["permissions"][0]["evidence"] == [{"where": "drill", "used": 2, "denied_without": 2}]
