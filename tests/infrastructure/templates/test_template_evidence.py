"""Evidence in the templates: locked, encrypted with a key of its own, and writable without being deletable."""

from __future__ import annotations

from typing import Any

import pytest

from lyo_dr.model.plan import Plan
from lyo_dr.model.resource_names import ResourceNames
from tests.infrastructure.assembled import Stack, everything, listed, statements

Regional = dict[str, dict[str, Stack]]
DELETES = ("s3:Delete", "s3:Bypass", "s3:PutObjectRetention", "s3:PutBucket", "s3:PutLifecycle", "s3:*", "kms:Schedule")


@pytest.fixture(params=["eu-west-1", "us-west-2"])
def stack(request: pytest.FixtureRequest, regional: Regional) -> Stack:
    return regional[request.param]["preserve-breach"]


def _policy(stack: Stack, kind: str) -> list[dict[str, Any]]:
    return list(stack.one(kind).properties["PolicyDocument"]["Statement"])


def _key(stack: Stack) -> list[dict[str, Any]]:
    return list(stack.one("AWS::KMS::Key").properties["KeyPolicy"]["Statement"])


def test_the_bucket_is_locked_for_as_long_as_the_plan_says(stack: Stack, plan: Plan) -> None:
    bucket = stack.one("AWS::S3::Bucket")
    assert bucket.deletion == "RetainExceptOnCreate"
    assert bucket.properties["ObjectLockEnabled"] is True
    assert bucket.properties["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {
        "Mode": "GOVERNANCE",
        "Days": plan.evidence.retention_days,
    }
    assert bucket.properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert all(bucket.properties["PublicAccessBlockConfiguration"].values())
    (rule,) = bucket.properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


def test_nobody_deletes_and_nobody_comes_without_tls(stack: Stack) -> None:
    denied = [one for one in _policy(stack, "AWS::S3::BucketPolicy") if one["Effect"] == "Deny"]
    assert {action for one in denied for action in listed(one["Action"])} == {
        "s3:*",
        "s3:BypassGovernanceRetention",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
    }
    assert [one.get("Condition") for one in denied if one["Action"] == "s3:*"] == [
        {"Bool": {"aws:SecureTransport": "false"}}
    ]


def test_exports_of_this_account_are_let_in_and_nobody_elses(stack: Stack, plan: Plan) -> None:
    allowed = [one for one in _policy(stack, "AWS::S3::BucketPolicy") if one["Effect"] == "Allow"]
    assert {one["Action"] for one in allowed} == {"s3:GetBucketAcl", "s3:PutObject"}
    for one in allowed:
        assert one["Principal"] == {"Service": f"logs.{stack.region}.amazonaws.com"}
        assert one["Condition"]["StringEquals"] == {"aws:SourceAccount": plan.account}


def test_a_policy_of_a_role_alone_does_not_open_the_key(stack: Stack) -> None:
    """Also the app's role: the account may administer, and only named roles encrypt or decrypt."""
    using = {"kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt", "kms:Create*", "kms:CreateGrant", "kms:*"}
    for one in _key(stack):
        uses = using & set(listed(one["Action"]))
        assert not uses or one["Condition"], one["Sid"]


def test_only_the_step_that_hashes_exports_can_decrypt(stack: Stack, plan: Plan) -> None:
    names = ResourceNames(plan, stack.region)
    decrypting = [one for one in _key(stack) if "kms:Decrypt" in listed(one["Action"])]
    roles = [one["Condition"]["ArnLike"]["aws:PrincipalArn"] for one in decrypting if "ArnLike" in one["Condition"]]
    ours = [f"arn:aws:iam::{plan.account}:role/{names.role('finish_evidence', 'ExportLogs')}"]
    assert sorted(roles) == sorted([ours, plan.evidence.readers])


def test_c4_who_exports_logs_may_write_to_the_bucket_and_encrypt_with_its_key(stack: Stack, plan: Plan) -> None:
    """CloudWatch Logs API reference, CreateExportTask: the caller's own credentials have to be allowed to write."""
    names = ResourceNames(plan, stack.region)
    role = stack.one("AWS::IAM::Role", RoleName=names.role("finish_evidence", "ExportLogs"))
    allowed = {action: one for one in statements(role) for action in listed(one["Action"])}
    assert allowed["s3:PutObject"]["Resource"] == f"arn:aws:s3:::{names.evidence_bucket}/*/exports/*"
    key = allowed["kms:GenerateDataKey"]["Condition"]
    assert key["ForAnyValue:StringEquals"] == {"kms:ResourceAliases": names.evidence_key_alias}
    admitted = [one for one in _key(stack) if "kms:GenerateDataKey" in listed(one["Action"])]
    roles = [arn for one in admitted for arn in one["Condition"].get("ArnLike", {}).get("aws:PrincipalArn", [])]
    assert f"arn:aws:iam::{plan.account}:role/{names.role('finish_evidence', 'ExportLogs')}" in roles


def test_every_role_that_writes_evidence_is_admitted_by_the_key(stack: Stack, plan: Plan) -> None:
    (one,) = [one for one in _key(stack) if one["Sid"] == "WhoPreservesEncrypts"]
    writing = {
        f"arn:aws:iam::{plan.account}:role/{role.properties['RoleName']}"
        for role in stack.resources("AWS::IAM::Role")
        if any("s3:PutObject" in listed(found["Action"]) for found in statements(role))
    }
    assert writing == set(one["Condition"]["ArnLike"]["aws:PrincipalArn"])


def test_no_role_of_the_product_deletes_evidence_or_shortens_its_retention(stacks: dict[str, Stack]) -> None:
    actions = {
        action
        for role in everything(stacks, "AWS::IAM::Role")
        for one in statements(role)
        if one["Effect"] == "Allow"
        for action in listed(one["Action"])
    }
    assert {action for action in actions if action.startswith(DELETES)} == set()
    assert "s3:PutObject" in actions
