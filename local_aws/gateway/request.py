"""Who calls what: service, region, operation and application id, read from a request as it arrives.

Nothing is looked up: the credential scope of the signature names service and region; a header, a form field or the
service's own URI template names the operation; the User-Agent carries the application id of the caller.
"""

import functools
import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import botocore.exceptions
import botocore.loaders

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_APP_ID = re.compile(r"\bapp/([\w.\-!#$%&'*+^`|~]+)")
_FORM_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
_ACCOUNT = re.compile(r"\d{12}")
_FORM = "application/x-www-form-urlencoded"

_MODEL_OF_SCOPE = {
    "monitoring": "cloudwatch",
    "states": "stepfunctions",
    "ses": "sesv2",
    "elasticloadbalancing": "elbv2",
    "tagging": "resourcegroupstaggingapi",
}


@dataclass(frozen=True)
class Call:
    """One call of an AWS operation. ``account`` is empty unless the access key names one (the account's root)."""

    service: str = ""
    region: str = ""
    op: str = ""
    app: str = ""
    account: str = ""
    access_key: str = ""


@dataclass(frozen=True)
class _Route:
    method: str
    path: re.Pattern[str]
    required: frozenset[str]
    weight: tuple[int, int]
    operation: str


current_call: ContextVar[Call | None] = ContextVar("current_call", default=None)
current_body: ContextVar[bytes] = ContextVar("current_body", default=b"")


def identify(method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Call:
    """Name the call. ``headers`` has lower-case keys; unknown parts stay empty."""
    authorization = headers.get("authorization") or _presigned(query)
    found = _CREDENTIAL.search(authorization)
    key, region, service = found.groups() if found else ("", "", "")
    application = _APP_ID.search(headers.get("user-agent", ""))
    return Call(
        service=service,
        region=region,
        op=_operation(service, method, path, query, headers, body),
        app=application[1] if application else "",
        account=key if _ACCOUNT.fullmatch(key) else "",
        access_key=key,
    )


def service_model(scope: str) -> dict[str, Any] | None:
    """Return botocore's description of the service signed with this credential scope, or None if there is none."""
    return _load_model(_MODEL_OF_SCOPE.get(scope, scope))


@functools.cache
def _load_model(name: str) -> dict[str, Any] | None:
    try:
        loaded: dict[str, Any] = botocore.loaders.Loader().load_service_model(name, "service-2")
    except botocore.exceptions.UnknownServiceError:
        return None
    return loaded


def _presigned(query: str) -> str:
    return "Credential=" + "".join(parse_qs(query).get("X-Amz-Credential", [""]))


def _operation(service: str, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> str:
    if target := headers.get("x-amz-target"):
        return target.rsplit(".", 1)[-1]
    if "/operation/" in path:
        return path.rsplit("/", 1)[-1]
    parameters = parse_qs(query, keep_blank_values=True)
    if "Action" in parameters:
        return parameters["Action"][0]
    if headers.get("content-type", "").startswith(_FORM) and (found := _FORM_ACTION.search(body[:4096])):
        return found[1].decode()
    return _rest_operation(service, method, path, set(parameters))


def _rest_operation(service: str, method: str, path: str, parameters: set[str]) -> str:
    for route in _routes(service):
        if route.method == method and route.required <= parameters and route.path.match(path):
            return route.operation
    return ""


@functools.cache
def _routes(service: str) -> tuple[_Route, ...]:
    """URI templates of a REST service, the most specific first."""
    model = service_model(service) if service else None
    operations = model["operations"] if model else {}
    routes = [_route(name, operation["http"]) for name, operation in operations.items()]
    return tuple(sorted(routes, key=lambda route: route.weight, reverse=True))


def _route(name: str, http: Mapping[str, str]) -> _Route:
    uri, _, query = http["requestUri"].partition("?")
    parts = [part for part in re.split(r"(\{[^}]+\})", uri.rstrip("/")) if part]
    required = frozenset(pair.split("=")[0] for pair in query.split("&") if pair)
    literal = sum(len(part) for part in parts if not part.startswith("{"))
    return _Route(
        method=http["method"],
        path=re.compile("^" + "".join(_pattern(part) for part in parts) + "/?$"),
        required=required,
        weight=(len(required), literal),
        operation=name,
    )


def _pattern(part: str) -> str:
    if part.endswith("+}"):
        return "(.+)"
    return "([^/]+)" if part.startswith("{") else re.escape(part)
