"""What evidence needs of the local AWS: buckets that are locked, and a history that knows who did what."""

from __future__ import annotations

import json
from typing import Any

import botocore.config
import botocore.exceptions
import pytest

from local_aws.local import LocalAws
from local_aws.sessions import make_client
from tests.local_aws.builders import ACCOUNT, EAST, WEST, eventually, policy, unique


def _given_bucket(aws: LocalAws, **properties: Any) -> str:
    """A bucket out of a template."""
    name = unique("evidence")
    template = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name, **properties}}}}
    formation = aws.client("cloudformation", WEST)
    formation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    eventually(lambda: formation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE")
    return name


def _locked(days: int = 30) -> dict[str, Any]:
    retention = {"Mode": "GOVERNANCE", "Days": days}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
    return {"ObjectLockEnabled": True, "ObjectLockConfiguration": lock}


def test_a_version_in_a_locked_bucket_of_a_template_cannot_be_deleted(aws: LocalAws) -> None:
    s3, bucket = aws.client("s3", WEST), _given_bucket(aws, **_locked())
    version = s3.put_object(Bucket=bucket, Key="a", Body=b"x")["VersionId"]
    with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=bucket, Key="a", VersionId=version)
    assert s3.get_object_retention(Bucket=bucket, Key="a", VersionId=version)["Retention"]["Mode"] == "GOVERNANCE"


def test_whoever_may_bypass_governance_deletes_it_all_the_same(aws: LocalAws) -> None:
    s3, bucket = aws.client("s3", WEST), _given_bucket(aws, **_locked())
    version = s3.put_object(Bucket=bucket, Key="a", Body=b"x")["VersionId"]
    s3.delete_object(Bucket=bucket, Key="a", VersionId=version, BypassGovernanceRetention=True)


def test_a_bucket_of_a_template_without_a_lock_is_not_locked(aws: LocalAws) -> None:
    s3, bucket = aws.client("s3", WEST), _given_bucket(aws, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=bucket, Key="a", Body=b"x")["VersionId"]
    s3.delete_object(Bucket=bucket, Key="a", VersionId=version)


def test_the_event_history_knows_a_user_by_name_and_what_it_did_without_a_trail(aws: LocalAws) -> None:
    iam, name = aws.client("iam", EAST), unique("mallory")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=json.dumps(policy("kms:*")))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    theirs = make_client(
        "kms", WEST, aws.endpoint, botocore.config.Config(), key["AccessKeyId"], key["SecretAccessKey"]
    )
    theirs.list_keys()
    found = _lookup(aws, Username=name)
    assert [event["EventName"] for event in found] == ["ListKeys"]
    identity = json.loads(found[0]["CloudTrailEvent"])["userIdentity"]
    assert (identity["type"], identity["arn"]) == ("IAMUser", f"arn:aws:iam::{ACCOUNT}:user/{name}")
    assert [event["EventName"] for event in _lookup(aws, AccessKeyId=key["AccessKeyId"])] == ["ListKeys"]


def test_what_somebody_else_did_is_not_told_of_a_user(aws: LocalAws) -> None:
    aws.client("kms", WEST).list_keys()
    assert _lookup(aws, Username=unique("mallory")) == []


def test_the_event_history_holds_no_calls_about_data(aws: LocalAws) -> None:
    aws.client("dynamodb", WEST).list_tables()
    aws.client("kms", WEST).list_keys()
    events = aws.client("cloudtrail", WEST).lookup_events()["Events"]
    assert events
    assert not {"dynamodb.amazonaws.com", "s3.amazonaws.com"} & {event["EventSource"] for event in events}


def _lookup(aws: LocalAws, **attribute: str) -> list[dict[str, Any]]:
    ((key, value),) = attribute.items()
    asked = [{"AttributeKey": key, "AttributeValue": value}]
    return list(aws.client("cloudtrail", WEST).lookup_events(LookupAttributes=asked)["Events"])
