"""What a person orders through the operator's door: read from the request and trusted in nothing."""

from __future__ import annotations

import base64
import re
from typing import Any, Literal

import msgspec

_LONGEST_BODY = 4096
_LONGEST_WHY = 500
_INCIDENT = re.compile(r"[A-Za-z0-9_-]{1,80}")


class OperatorCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One order. Which fields an action needs is checked by ``read_order``."""

    action: Literal["approve", "decline", "acknowledge", "pause", "resume", "standby", "replay", "lift"]
    incident: str = ""
    facts: str = ""
    accept_data_loss: str = ""
    why: str = ""
    table: str = ""
    """For ``replay``: one table only; empty means each."""
    include: list[str] = []
    """For ``replay``: keys of conflicts to be overwritten."""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP status and the sentence a person reads."""

    status: int
    sentence: str


def caller(event: dict[str, Any]) -> str | None:
    """Who signed the request, as AWS verified it; nothing else in it says who somebody is."""
    found: Any = event
    for name in ("requestContext", "authorizer", "iam", "userArn"):
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) and found.startswith("arn:") else None


def read_order(event: dict[str, Any]) -> OperatorCommand | Reply:
    """The order, or why it is none. Only POST acts: a link that is fetched beforehand must not."""
    method = _method(event)
    if method != "POST":
        return Reply(status=405, sentence="only POST acts here")
    try:
        order = msgspec.json.decode(_body(event), type=OperatorCommand)
    except (msgspec.DecodeError, ValueError):
        return Reply(status=400, sentence="the body is not an order; `lyo-dr` writes it")
    fault = _fault(order)
    return order if fault is None else Reply(status=400, sentence=fault)


def _method(event: dict[str, Any]) -> Any:
    context = event.get("requestContext")
    http = context.get("http") if isinstance(context, dict) else None
    return http.get("method") if isinstance(http, dict) else None


def _body(event: dict[str, Any]) -> bytes:
    """Raises ValueError for a body that is missing, too long or not what it says."""
    body = event.get("body")
    if not isinstance(body, str) or len(body) > 2 * _LONGEST_BODY:
        raise ValueError("no body, or far too long")
    raw = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
    if len(raw) > _LONGEST_BODY:
        raise ValueError("too long")
    return raw


def _fault(order: OperatorCommand) -> str | None:
    about_incident = order.action in ("approve", "decline", "replay", "lift")
    if about_incident and not _INCIDENT.fullmatch(order.incident):
        return f"{order.action} needs the incident's id"
    if about_incident and not order.facts and order.action != "lift":
        return f"{order.action} needs the hash of the facts you were shown"
    if order.action in ("decline", "pause", "lift") and not order.why.strip():
        return f"{order.action} needs a reason (why)"
    return f"why is longer than {_LONGEST_WHY} characters" if len(order.why) > _LONGEST_WHY else None
