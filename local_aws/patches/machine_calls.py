"""Calls a state machine makes itself go through the gateway, as the machine's role.

Upstream carries out SDK and optimised integrations inside the process, unsigned: they are not recorded, no fault and no
policy applies to them, and they never reach the data host. On AWS they are ordinary calls of the machine's role.
"""

import functools
import http.client
import json
import re
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions
from ministack import app
from ministack.services import stepfunctions

from local_aws.patch_context import PatchContext
from local_aws.patches import machine_role
from local_aws.patches.machine_role import RoleSession
from local_aws.sessions import make_client

REQUIRES = (
    "ministack.app:call_service_handler_sync",
    "ministack.services.stepfunctions:_invoke_aws_sdk_integration",
    "ministack.services.stepfunctions:_SERVICE_DISPATCH",
    "ministack.services.stepfunctions:_ExecutionError",
)

DEADLINE_SECONDS = 60.0
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request")
_UNSIGNED = {"authorization", "host", "content-length"}
_LONGEST_APP_ID = 50

_calling: ContextVar[bool] = ContextVar("machine_is_calling", default=False)


@dataclass(frozen=True)
class Integration:
    """An optimised integration: the SDK method behind it, and the prefix of its error names."""

    service: str
    method: str
    prefix: str


_OPTIMISED = {
    "dynamodb:getItem": Integration("dynamodb", "get_item", "DynamoDB"),
    "dynamodb:putItem": Integration("dynamodb", "put_item", "DynamoDB"),
    "dynamodb:updateItem": Integration("dynamodb", "update_item", "DynamoDB"),
    "dynamodb:deleteItem": Integration("dynamodb", "delete_item", "DynamoDB"),
    "sns:publish": Integration("sns", "publish", "SNS"),
    "sqs:sendMessage": Integration("sqs", "send_message", "SQS"),
    "events:putEvents": Integration("events", "put_events", "EventBridge"),
}


def apply(context: PatchContext) -> None:
    """Send both kinds of integration over the wire."""
    endpoint = context.settings.endpoint
    stepfunctions._invoke_aws_sdk_integration = _marked(stepfunctions._invoke_aws_sdk_integration)
    app.call_service_handler_sync = _over_the_wire(app.call_service_handler_sync, endpoint)
    for name, integration in _OPTIMISED.items():
        call = functools.partial(_call_optimised, endpoint, integration)
        stepfunctions._SERVICE_DISPATCH[f"arn:aws:states:::{name}"] = call


def _marked(invoke: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    def invoke_marked(resource: str, data: Any) -> Any:
        token = _calling.set(True)
        try:
            return invoke(resource, data)
        finally:
            _calling.reset(token)

    return invoke_marked


def _over_the_wire(inside: Callable[..., Any], endpoint: str) -> Callable[..., Any]:
    def call(
        handler: Any, method: str, path: str, headers: Any, body: Any, query: Any, timeout: float | None = None
    ) -> Any:
        acting = machine_role.session() if _calling.get() else None
        if acting is None:
            return inside(handler, method, path, headers, body, query, timeout)
        url = endpoint + path + ("?" + urlencode(query, doseq=True) if query else "")
        return _send(acting, method, url, headers, body)

    return call


def _send(
    acting: RoleSession, method: str, url: str, headers: Mapping[str, str], body: bytes | str
) -> tuple[int, dict[str, str], bytes]:
    """Sign the request as the role and send it; a call without an answer fails as the SDK's client error."""
    scope = _SCOPE.search(headers.get("authorization", ""))
    region, service = scope.groups() if scope else (acting.region, "")
    plain = {name: value for name, value in headers.items() if name.lower() not in _UNSIGNED}
    plain["user-agent"] = f"aws-sdk-java app/{_app_id(acting)}"
    request = botocore.awsrequest.AWSRequest(method, url, headers=plain, data=body)
    credentials = botocore.credentials.Credentials(acting.access_key, acting.secret_key, acting.token)
    kind = botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth
    kind(credentials, service, region).add_auth(request)
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=DEADLINE_SECONDS)
    try:
        target = address.path + (f"?{address.query}" if address.query else "")
        connection.request(method, target, body=body, headers=dict(request.headers.items()))
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    except OSError as error:
        raise stepfunctions._ExecutionError(f"{service.capitalize()}.SdkClientException", str(error)) from error
    finally:
        connection.close()


def _call_optimised(endpoint: str, integration: Integration, _resource: str, data: dict[str, Any]) -> Any:
    acting = machine_role.session()
    if acting is None:
        raise stepfunctions._ExecutionError("States.Runtime", "an integration was called outside of an execution")
    client = _client(endpoint, integration.service, acting)
    try:
        answer = getattr(client, integration.method)(**texts(integration.service, data))
    except botocore.exceptions.ClientError as error:
        raise _failure(integration, error.response["Error"]) from error
    except botocore.exceptions.BotoCoreError as error:
        name = "States.Runtime" if isinstance(error, botocore.exceptions.ParamValidationError) else None
        raise stepfunctions._ExecutionError(name or f"{integration.prefix}.SdkClientException", str(error)) from error
    answer.pop("ResponseMetadata", None)
    if answer.get("FailedEntryCount"):
        raise stepfunctions._ExecutionError("EventBridge.FailedEntry", json.dumps(answer))
    return answer


def texts(service: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters with messages given as JSON turned into text, as these integrations do."""
    given = {name: value for name, value in data.items() if name != "MessageAttributes" or value}
    for name in ("Message", "MessageBody"):
        if name in given and not isinstance(given[name], str):
            given[name] = json.dumps(given[name])
    if service == "events":
        given["Entries"] = [_with_text_detail(entry) for entry in given.get("Entries", [])]
    return given


def _with_text_detail(entry: Mapping[str, Any]) -> dict[str, Any]:
    detail = entry.get("Detail", "{}")
    return {**entry, "Detail": detail if isinstance(detail, str) else json.dumps(detail)}


def _failure(integration: Integration, error: Mapping[str, str]) -> Exception:
    code = error["Code"].rsplit(".", 1)[-1]
    name = code if code.endswith("Exception") else f"{code}Exception"
    failed: Exception = stepfunctions._ExecutionError(f"{integration.prefix}.{name}", error.get("Message", ""))
    return failed


@functools.cache
def _client(endpoint: str, service: str, acting: RoleSession) -> Any:
    config = botocore.config.Config(user_agent_appid=_app_id(acting), read_timeout=DEADLINE_SECONDS)
    return make_client(service, acting.region, endpoint, config, acting.access_key, acting.secret_key, acting.token)


def _app_id(acting: RoleSession) -> str:
    return f"machine.{acting.machine}"[:_LONGEST_APP_ID]
