"""Who calls is read from the request alone."""

import pytest

from local_aws.gateway.request import Call, identify


def _signed(service: str, region: str = "eu-west-1", key: str = "000000000000") -> dict[str, str]:
    scope = f"AWS4-HMAC-SHA256 Credential={key}/20260101/{region}/{service}/aws4_request, Signature=0"
    return {"authorization": scope, "user-agent": "Boto3/1.43 md/x app/PromoteReplica"}


@pytest.mark.parametrize(
    ("service", "method", "path", "query", "extra", "body", "operation"),
    [
        ("dynamodb", "POST", "/", "", {"x-amz-target": "DynamoDB_20120810.PutItem"}, b"{}", "PutItem"),
        ("rds", "POST", "/", "", {"content-type": "application/x-www-form-urlencoded"}, b"Action=X&V=1", "X"),
        ("sns", "GET", "/", "Action=Publish", {}, b"", "Publish"),
        ("monitoring", "POST", "/service/GraniteService/operation/PutMetricData", "", {}, b"", "PutMetricData"),
        ("lambda", "POST", "/2015-03-31/functions/f/invocations", "", {}, b"", "Invoke"),
        ("route53", "POST", "/2013-04-01/hostedzone/Z1/rrset", "", {}, b"", "ChangeResourceRecordSets"),
        ("s3", "GET", "/bucket/a/key", "", {}, b"", "GetObject"),
        ("s3", "GET", "/bucket", "list-type=2", {}, b"", "ListObjectsV2"),
    ],
)
def test_the_operation_is_named_in_every_protocol(
    service: str, method: str, path: str, query: str, extra: dict[str, str], body: bytes, operation: str
) -> None:
    call = identify(method, path, query, {**_signed(service), **extra}, body)
    assert call == Call(service, "eu-west-1", operation, "PromoteReplica", "000000000000", "000000000000")


def test_a_session_key_names_no_account() -> None:
    call = identify("GET", "/", "Action=GetCallerIdentity", _signed("sts", key="ASIA0123456789ABCDEF"), b"")
    assert (call.account, call.access_key) == ("", "ASIA0123456789ABCDEF")


def test_what_cannot_be_told_stays_empty() -> None:
    assert identify("GET", "/anything", "", {}, b"") == Call()
