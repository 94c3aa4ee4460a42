"""Commands of the operator API: parsed from untrusted requests."""

from __future__ import annotations

import base64
import re
from typing import Any, Literal

import msgspec

_LONGEST_BODY = 4096
_LONGEST_WHY = 500
_INCIDENT = re.compile(r"[A-Za-z0-9_-]{1,80}")
_STEP = re.compile(r"[A-Za-z]{1,64}")


class OperatorCommand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One command. ``read_order`` checks which fields an action needs."""

    action: Literal[
        "approve",
        "decline",
        "acknowledge",
        "pause",
        "resume",
        "standby",
        "replay",
        "lift",
        "release",
        "skip",
        "settle",
    ]
    incident: str = ""
    facts: str = ""
    accept_data_loss: str = ""
    why: str = ""
    step: str = ""
    """For ``skip``: the step to go on without."""
    secret: str = ""
    key: str = ""
    """For ``settle``: the name of a key that nothing rotates, and of its secret."""
    table: str = ""
    """For ``replay``: one table only; empty means every table."""
    include: list[str] = []
    """For ``replay``: keys of conflicting rows to overwrite."""
    also_unknown: bool = False
    """For ``replay``: rows of which nobody knows whether they are the damage, too."""


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """HTTP status and sentence of a response."""

    status: int
    sentence: str


def caller(event: dict[str, Any]) -> str | None:
    """The ARN that signed the request, as verified by AWS; the only trusted identity in it."""
    found: Any = event
    for name in ("requestContext", "authorizer", "iam", "userArn"):
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) and found.startswith("arn:") else None


def read_order(event: dict[str, Any]) -> OperatorCommand | Reply:
    """The order, or why it is none. Only POST acts: a link that is fetched beforehand must not."""
    method = _method(event)
    if method != "POST":
        return Reply(status=405, sentence="only POST is allowed")
    try:
        order = msgspec.json.decode(_body(event), type=OperatorCommand)
    except (msgspec.DecodeError, ValueError):
        return Reply(status=400, sentence="the body is not a valid command; use `lyo-dr`")
    fault = _fault(order)
    return order if fault is None else Reply(status=400, sentence=fault)


def _method(event: Any) -> Any:
    context = event.get("requestContext") if isinstance(event, dict) else None
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
    about_incident = order.action in ("approve", "decline", "replay", "lift", "release", "skip")
    if about_incident and not _INCIDENT.fullmatch(order.incident):
        return f"{order.action} needs the incident's id"
    if about_incident and not order.facts and order.action not in ("lift", "release", "skip"):
        return f"{order.action} needs the hash of the facts you were shown"
    if order.action == "skip" and not _STEP.fullmatch(order.step):
        return "skip needs the name of a step, as the timeline shows it"
    if order.action == "settle" and not (order.secret and order.key):
        return "settle needs the names of a secret and of its key"
    if order.action in ("decline", "pause", "lift", "release", "skip", "settle") and not order.why.strip():
        return f"{order.action} needs a reason (why)"
    return f"why is longer than {_LONGEST_WHY} characters" if len(order.why) > _LONGEST_WHY else None
