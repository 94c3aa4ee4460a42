"""Error replies in the protocol the caller speaks, so that every SDK parses them as AWS's own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from local_aws.gateway.request import Call, service_model

_THROTTLING_CODES = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "lambda": "TooManyRequestsException",
    "s3": "SlowDown",
    "ec2": "RequestLimitExceeded",
    "rds": "Throttling",
    "cloudformation": "Throttling",
}
_THROTTLING_STATUS = {"s3": 503, "lambda": 429}


@dataclass(frozen=True)
class Reply:
    """A complete HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def fault_reply(call: Call, headers: Mapping[str, str], kind: str) -> Reply:
    """Answer ``throttle``, ``unavailable`` or ``refuse`` as the called service would word it."""
    status, code = _status_and_code(call, kind)
    return error_reply(call, headers, status, code, f"Injected fault: {kind}")


def error_reply(call: Call, headers: Mapping[str, str], status: int, code: str, message: str) -> Reply:
    """Answer an error in the caller's protocol."""
    protocol = _protocol(call, headers)
    if protocol == "cbor":
        return Reply(status, _cbor_headers(code), _cbor_map({"__type": code, "message": message}))
    if protocol == "json":
        body = json.dumps({"__type": code, "message": message, "Message": message}).encode()
        return Reply(status, {"content-type": "application/x-amz-json-1.1", "x-amzn-errortype": code}, body)
    return Reply(status, {"content-type": "text/xml"}, _xml(protocol, call.service == "s3", code, escape(message)))


def _status_and_code(call: Call, kind: str) -> tuple[int, str]:
    if kind == "unavailable":
        return 503, "ServiceUnavailable"
    if kind == "refuse":
        return 403, "AccessDenied"
    code = _THROTTLING_CODES.get(call.service, "ThrottlingException")
    return _THROTTLING_STATUS.get(call.service, 400), code


def _protocol(call: Call, headers: Mapping[str, str]) -> str:
    if headers.get("smithy-protocol") == "rpc-v2-cbor":
        return "cbor"
    if "x-amz-target" in headers:
        return "json"
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        # Read from the request: reading the model of a large service would hold up every other call.
        return "ec2" if call.service == "ec2" else "query"
    model = service_model(call.service)
    declared = str(model["metadata"]["protocol"]) if model else "json"
    return "json" if declared.endswith("json") else declared


def _xml(protocol: str, call_is_s3: bool, code: str, message: str) -> bytes:
    error = f"<Code>{code}</Code><Message>{message}</Message>"
    if protocol == "ec2":
        text = f"<Response><Errors><Error>{error}</Error></Errors><RequestID>0</RequestID></Response>"
    elif call_is_s3:
        text = f"<Error>{error}<RequestId>0</RequestId></Error>"
    else:
        text = f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error><RequestId>0</RequestId></ErrorResponse>"
    return text.encode()


def _cbor_headers(code: str) -> dict[str, str]:
    return {
        "content-type": "application/cbor",
        "smithy-protocol": "rpc-v2-cbor",
        "x-amzn-query-error": f"{code};Sender",
    }


def _cbor_map(pairs: Mapping[str, str]) -> bytes:
    return bytes([0xA0 | len(pairs)]) + b"".join(_cbor_text(key) + _cbor_text(pairs[key]) for key in pairs)


def _cbor_text(text: str) -> bytes:
    encoded = text.encode()
    return b"\x79" + len(encoded).to_bytes(2, "big") + encoded
