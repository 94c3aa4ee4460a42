"""Who called a function URL.

Upstream checks the signature of a call of a function URL with ``AWS_IAM``, and ``lambda:InvokeFunctionUrl`` of whoever
signed it; but it takes a signature made for another region or service, and does not tell the function who signed. AWS
refuses such a signature, and names the caller in ``requestContext.authorizer.iam`` (Lambda developer guide, "Request
payload format"). A function that asks who calls would refuse everybody here.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import iam_evaluator
from ministack.services import lambda_svc

from local_aws.patch_context import PatchContext

REQUIRES = (
    "ministack.services.lambda_svc:_build_function_url_event",
    "ministack.services.lambda_svc:handle_function_url_request",
    "ministack.core.iam_evaluator:resolve_caller_identity",
)

_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")


def apply(_world: PatchContext) -> None:
    """Refuse a signature made for elsewhere, and name the caller in the event of a function URL."""
    lambda_svc.handle_function_url_request = _for_this_url(lambda_svc.handle_function_url_request)
    lambda_svc._build_function_url_event = _with_caller(lambda_svc._build_function_url_event)


def _for_this_url(handle: Callable[..., Any]) -> Callable[..., Any]:
    async def handle_if_meant(
        url_id: str, method: str, path: str, headers: Mapping[str, str], *rest: Any, **more: Any
    ) -> Any:
        scope = _SCOPE.search(headers.get("authorization", ""))
        resolved = more.get("resolved") or lambda_svc.resolve_function_url(url_id)
        if scope is not None and resolved is not None and scope.groups()[1:] != (resolved[1], "lambda"):
            message = json.dumps({"Message": "Credential should be scoped to the region and service of the URL."})
            return 403, {"Content-Type": "application/json"}, message.encode()
        return await handle(url_id, method, path, headers, *rest, **more)

    return handle_if_meant


def _with_caller(build: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def build_with_caller(
        url_id: str,
        account: str,
        region: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        *rest: Any,
        **more: Any,
    ) -> dict[str, Any]:
        event = build(url_id, account, region, method, path, headers, *rest, **more)
        key = _SCOPE.search(headers.get("authorization", ""))
        if key is not None and not more.get("anonymous"):
            event["requestContext"]["authorizer"] = {"iam": identity(key[1], account)}
        return event

    return build_with_caller


def identity(access_key: str, account: str) -> dict[str, Any]:
    """Return AWS's description of the owner of this key."""
    caller = iam_evaluator.resolve_caller_identity(access_key) or {}
    user = str(caller.get("userId") or caller.get("principalId") or account)
    return {
        "accessKey": access_key,
        "accountId": account,
        "callerId": user,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": str(caller.get("userArn") or f"arn:aws:iam::{account}:root"),
        "userId": user,
    }
