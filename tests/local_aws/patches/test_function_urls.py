"""Function URLs with AWS_IAM: who signs is checked, may or may not, and is named to the function."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local_aws.local import LocalAws
from tests.local_aws.builders import ACCOUNT, EAST, WEST, given_function, given_role, policy

TELLS = """
import json
def handler(event, context):
    caller = event["requestContext"].get("authorizer", {}).get("iam", {}).get("userArn")
    return {"statusCode": 200, "body": json.dumps({"caller": caller})}
"""


@pytest.fixture
def door(aws: LocalAws) -> tuple[str, str]:
    """ARN and URL of a function that says who calls."""
    function = given_function(aws, WEST, TELLS)
    client = aws.client("lambda", WEST)
    url = client.create_function_url_config(FunctionName=function, AuthType="AWS_IAM")["FunctionUrl"]
    return function, url


def keys_of(aws: LocalAws, role: str) -> Credentials:
    found = aws.client("sts", WEST).assume_role(RoleArn=role, RoleSessionName="ada")["Credentials"]
    return Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])


def post(aws: LocalAws, url: str, keys: Credentials | None, *, region: str = WEST) -> tuple[int, Any]:
    """Status and answer of a POST, signed with these keys."""
    request = AWSRequest("POST", url, data=b"{}", headers={"content-type": "application/json"})
    if keys is not None:
        SigV4Auth(keys, "lambda", region).add_auth(request)
    at = urlsplit(aws.endpoint)
    connection = http.client.HTTPConnection(at.hostname or "", at.port, timeout=20)
    try:
        headers = {**dict(request.headers.items()), "Host": urlsplit(url).hostname or ""}
        connection.request("POST", "/", b"{}", headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    finally:
        connection.close()


def test_who_may_use_a_function_url_is_named_to_the_function(aws: LocalAws, door: tuple[str, str]) -> None:
    function, url = door
    role = given_role(aws, policy("lambda:InvokeFunctionUrl", function))
    status, body = post(aws, url, keys_of(aws, role))
    name = role.rsplit("/", 1)[1]
    assert (status, body) == (200, {"caller": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/ada"})


def test_the_accounts_root_is_named_too(aws: LocalAws, door: tuple[str, str]) -> None:
    status, body = post(aws, door[1], Credentials(ACCOUNT, "test"))
    assert (status, body["caller"].startswith(f"arn:aws:iam::{ACCOUNT}:")) == (200, True)


def test_without_a_signature_the_function_is_not_run(aws: LocalAws, door: tuple[str, str]) -> None:
    assert post(aws, door[1], None)[0] == 403


def test_without_the_right_or_with_a_wrong_signature_the_function_is_not_run(
    aws: LocalAws, door: tuple[str, str]
) -> None:
    function, url = door
    assert post(aws, url, keys_of(aws, given_role(aws)))[0] == 403
    keys = keys_of(aws, given_role(aws, policy("lambda:InvokeFunctionUrl", function)))
    assert post(aws, url, Credentials(keys.access_key, "forged", keys.token))[0] == 403
    assert post(aws, url, keys, region=EAST)[0] == 403
