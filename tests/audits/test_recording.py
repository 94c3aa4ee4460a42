"""A call on moto is recorded as the gateway would record it."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.adapters import environment
from tests.audits import recording
from tests.audits.recording import Acting, line
from tests.plans import lyo_plan

WEST = "us-west-2"
PLAN = lyo_plan()
ARN = f"{WEST}:{PLAN.account}"
ACTING = Acting("region_failover", "LiftFence", PLAN, WEST)


@pytest.mark.parametrize(
    ("service", "operation", "asked", "checked"),
    [
        (
            "dynamodb",
            "Query",
            {"TableName": "incidents"},
            {"action": "dynamodb:Query", "resource": f"arn:aws:dynamodb:{ARN}:table/incidents"},
        ),
        (
            "ecs",
            "UpdateService",
            {"cluster": "shop", "service": "web"},
            {
                "action": "ecs:UpdateService",
                "resource": f"arn:aws:ecs:{ARN}:service/shop/web",
                "keys": {"ecs:cluster": f"arn:aws:ecs:{ARN}:cluster/shop"},
            },
        ),
        (
            "rds",
            "DescribeDBInstances",
            {"DBInstanceIdentifier": "shop"},
            {"action": "rds:DescribeDBInstances", "resource": f"arn:aws:rds:{ARN}:db:shop"},
        ),
        ("sns", "Publish", {"TopicArn": "topic"}, {"action": "sns:Publish", "resource": "topic"}),
        (
            "stepfunctions",
            "StartExecution",
            {"stateMachineArn": "machine"},
            {"action": "states:StartExecution", "resource": "machine"},
        ),
        (
            "cloudwatch",
            "PutMetricData",
            {"Namespace": "LyoDr"},
            {"action": "cloudwatch:PutMetricData", "resource": "*", "keys": {"cloudwatch:namespace": "LyoDr"}},
        ),
        (
            "route53",
            "ChangeResourceRecordSets",
            {
                "HostedZoneId": "/hostedzone/Z1",
                "ChangeBatch": {
                    "Changes": [{"Action": "UPSERT", "ResourceRecordSet": {"Name": "API.Example.com.", "Type": "A"}}]
                },
            },
            {
                "action": "route53:ChangeResourceRecordSets",
                "resource": "arn:aws:route53:::hostedzone/Z1",
                "keys": {
                    "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["api.example.com"],
                    "route53:ChangeResourceRecordSetsRecordTypes": ["A"],
                    "route53:ChangeResourceRecordSetsActions": ["UPSERT"],
                },
            },
        ),
        (
            "lambda",
            "Invoke",
            {"FunctionName": "keeper"},
            {"action": "lambda:InvokeFunction", "resource": f"arn:aws:lambda:{ARN}:function:keeper"},
        ),
        (
            "secretsmanager",
            "GetSecretValue",
            {"SecretId": "shop/app"},
            {
                "action": "secretsmanager:GetSecretValue",
                "resource": f"arn:aws:secretsmanager:{ARN}:secret:shop/app-aB3dE6",
            },
        ),
        (
            "s3",
            "PutObject",
            {"Bucket": "evidence", "Key": "one/manifest.json"},
            {"action": "s3:PutObject", "resource": "arn:aws:s3:::evidence/one/manifest.json"},
        ),
        (
            "s3",
            "ListObjectsV2",
            {"Bucket": "evidence", "Prefix": "one/"},
            {"action": "s3:ListBucket", "resource": "arn:aws:s3:::evidence"},
        ),
        (
            "iam",
            "PutRolePolicy",
            {"RoleName": "app"},
            {"action": "iam:PutRolePolicy", "resource": f"arn:aws:iam::{PLAN.account}:role/app"},
        ),
        (
            "ec2",
            "RevokeSecurityGroupIngress",
            {"GroupId": "sg-1"},
            {"action": "ec2:RevokeSecurityGroupIngress", "resource": f"arn:aws:ec2:{ARN}:security-group/sg-1"},
        ),
    ],
)
def test_a_call_on_moto_names_what_policies_would_be_asked(
    service: str, operation: str, asked: dict[str, Any], checked: dict[str, Any]
) -> None:
    written = line(ACTING, service, operation, asked, WEST)
    assert written["checked"] == [checked]
    assert (written["role"], written["app"]) == ("lyo-dr-region-failover-lift-fence-us-west-2", "LiftFence")
    assert written["test"].startswith("tests/audits/test_recording.py::test_a_call_on_moto")


def test_what_is_made_with_tags_asks_for_the_right_to_tag_it() -> None:
    asked = {
        "SourceDBInstanceIdentifier": "shop",
        "TargetDBInstanceIdentifier": "shop-r-1",
        "DBSubnetGroupName": "private",
        "Tags": [{"Key": "incident", "Value": "one"}],
    }
    checked = line(ACTING, "rds", "RestoreDBInstanceToPointInTime", asked, WEST)["checked"]
    assert [(check["action"], check["resource"].removeprefix(f"arn:aws:rds:{ARN}:")) for check in checked] == [
        ("rds:RestoreDBInstanceToPointInTime", "db:shop"),
        ("rds:RestoreDBInstanceToPointInTime", "db:shop-r-1"),
        ("rds:RestoreDBInstanceToPointInTime", "subgrp:private"),
        ("rds:AddTagsToResource", "db:shop-r-1"),
    ]


@pytest.mark.parametrize(
    ("given", "more"),
    [((dict,), {"stage": "switch"}), ((dict,), {"timeline": True}), ((), {})],
    ids=["a step of a stage", "a step with a timeline", "what runs by a schedule"],
)
def test_every_decorator_of_a_step_is_passed_on_and_remembered(
    monkeypatch: pytest.MonkeyPatch, given: tuple[Any, ...], more: dict[str, Any]
) -> None:
    asked: list[Any] = []

    def decorate(name: str, *request: Any, **settings: Any) -> Any:
        asked.append((name, request, settings))
        return lambda run: run

    monkeypatch.setattr(environment, "plan", lambda: PLAN)
    monkeypatch.setattr(environment, "region", lambda: WEST)
    run = recording._remembering(decorate)("Watch", *given, **more)(lambda _event: recording._acting.get())
    assert run({}) == Acting("audits", "Watch", PLAN, WEST)
    assert asked == [("Watch", given, more)]
    assert recording._acting.get() is None


def test_the_product_has_no_decorator_of_steps_that_is_not_recorded() -> None:
    from lyo_dr import handler

    makers = {name for name, found in vars(handler).items() if str(getattr(found, "__annotations__", {}).get("return")
              ).endswith("Handler]")}  # fmt: skip
    assert makers == {"step", "scheduled"}
